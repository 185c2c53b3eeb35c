using System.Text.Json;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Fuzzing;
using Microsoft.ML.SoftPrompt.Persistence;
using Microsoft.ML.SoftPrompt.Sweeping;

namespace Microsoft.ML.SoftPrompt.Tests.Sweeping;

/// <summary>A trial's record damaged at random.</summary>
public sealed class DamagedSweepTests : IDisposable
{
    private static readonly Dictionary<string, string> s_identity = new() { ["Seed"] = "1", ["Strategy"] = "Random" };

    private static readonly byte[] s_sound = JsonSerializer.SerializeToUtf8Bytes(
        new SweepTrial(1, new SweepValues(4, 20, SweepScaling.Group, 0.03, 0.01, SoftPromptPooling.Mean, null, 12, 4), SweepTrialStatus.Finished, 2,
            [new SweepRung(2, 1, new BinaryMetrics(1, 2, 3, 4, 0.5, 0.25))], [new TrainingEpoch(1, 0.7, 0.03, 0.6, 0.5, 0.5, 0.5)], null, ["a warning"], TimeSpan.FromSeconds(3)), ModelJson.Default.SweepTrial);

    private readonly string _folder = FuzzedReader.MakeFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Two_thousand_damaged_records_are_read_or_refused_by_name() => Run(FuzzedReader.OrdinaryCount, seed: 1);

    [Fact]
    [Trait("Category", "Long")]
    public void A_hundred_thousand_damaged_records_are_read_or_refused_by_name() => Run(FuzzedReader.LongCount, seed: 2);

    private void Run(int count, int seed)
    {
        using var directory = new SweepDirectory(_folder, s_identity);
        string record = Path.Combine(_folder, "trials", "0001.json");
        new FuzzedReader("record", bytes =>
        {
            File.WriteAllBytes(record, bytes);
            foreach (SweepTrial trial in directory.Read())
                _ = trial.Validation?.AveragePrecision;
        }, typeof(InvalidDataException)) { Names = ["0001.json"] }.Run(count, seed, random => DamagedJson.Change(s_sound, random));
    }
}
