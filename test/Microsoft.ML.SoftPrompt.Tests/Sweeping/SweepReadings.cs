using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Tests.Sweeping;

/// <summary>Readings of two hosts with bursts of high values, and a sweep over them that takes a moment.</summary>
internal static class SweepReadings
{
    public static Reading[] Make(int perHost = 200, int seed = 1)
    {
        var random = new Random(seed);
        return new[] { "a", "b" }.SelectMany(host => Enumerable.Range(0, perHost).Select(i => new Reading
        {
            Host = host,
            Time = new DateTime(2026, 1, 1).AddMinutes(5 * i),
            Value = (float)random.NextDouble() * 0.5f + (i % 40 >= 34 ? 0.5f : 0),
            IsAnomaly = i % 40 >= 34,
        })).ToArray();
    }

    public static IDataView View(int perHost = 200, int seed = 1) => new MLContext().Data.LoadFromEnumerable(Make(perHost, seed));

    public static SoftPromptSweep.Options Options(int epochs = 2) => new()
    {
        LabelColumnName = nameof(Reading.IsAnomaly),
        GroupColumnName = nameof(Reading.Host),
        OrderColumnName = nameof(Reading.Time),
        Space = new SweepSpace
        {
            PromptLength = SweepParameter.Choice(1, 2, 3),
            PromptLearningRate = SweepParameter.Range(0.01, 0.1, log: true),
            WindowSize = SweepParameter.Range(6, 12),
            Scaling = SweepParameter.Choice(SweepScaling.All, SweepScaling.Group, SweepScaling.Window),
        },
        Trials = 3,
        Trainer = new SoftPromptAnomalyTrainer.Options { MaxEpochs = epochs, BatchSize = 8, Backbone = Backbone.Open(TinyBackbone.Folder) },
    };

    public static SweepResult Run(SoftPromptSweep.Options options, IDataView? readings = null) =>
        new MLContext().AnomalyDetection.CreateSoftPromptSweep(options).Run(readings ?? View());

    /// <summary>All that does not depend on the machine's speed.</summary>
    public static IEnumerable<string> WithoutTime(IEnumerable<SweepTrial> trials) => trials.Select(trial => System.Text.Json.JsonSerializer.Serialize(
        trial with { Duration = TimeSpan.Zero }, SoftPrompt.Persistence.ModelJson.Default.SweepTrial));
}

/// <summary>Hands reports on at once.</summary>
internal sealed class Told<T>(Action<T> handle) : IProgress<T>
{
    public void Report(T value) => handle(value);
}
