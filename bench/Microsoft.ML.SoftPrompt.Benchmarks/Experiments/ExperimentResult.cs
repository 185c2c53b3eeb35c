using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Benchmarks.Experiments;

/// <summary>One training: a line of the results file.</summary>
/// <param name="Setting">The settings that differ from the defaults.</param>
/// <param name="Epoch">The epoch that was kept.</param>
/// <param name="History">Every epoch's loss and validation metrics.</param>
/// <param name="Seconds">Training and scoring.</param>
/// <param name="Scores">Of the test series, in the data's order.</param>
internal sealed record ExperimentResult(string Data, string Backbone, string Setting, Arm Arm, int Seed, int Epoch, IReadOnlyList<TrainingEpoch> History, double Seconds, float[] Scores)
{
    public TrainingEpoch Kept => History[Epoch - 1];

    public bool IsOf(Experiment experiment) => Data == experiment.Data.Name && Backbone == experiment.Backbone && Setting == experiment.Name;

    public static List<ExperimentResult> ReadAll(string file) =>
        File.Exists(file) ? [.. File.ReadLines(file).Select(line => JsonSerializer.Deserialize<ExperimentResult>(line)!)] : [];

    public void AppendTo(string file) => File.AppendAllText(file, JsonSerializer.Serialize(this) + "\n");
}
