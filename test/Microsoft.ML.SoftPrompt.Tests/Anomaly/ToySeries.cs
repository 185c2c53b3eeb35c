namespace Microsoft.ML.SoftPrompt.Tests.Anomaly;

/// <summary>Series that are easy to tell apart: anomalous ones hold a stretch of high values.</summary>
internal static class ToySeries
{
    public const int Length = 12;

    public static Window[] Windows(int count, int seed = 1, int length = Length)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(i =>
        {
            bool anomalous = i % 3 == 0;
            int at = random.Next(length - 3);
            var series = Enumerable.Range(0, length).Select(t => (float)random.NextDouble() * 0.5f + (anomalous && t >= at && t < at + 4 ? 0.5f : 0)).ToArray();
            return new Window { Series = series, Label = anomalous, Host = $"host {i % 5}", Start = i };
        }).ToArray();
    }

    public static PointWindow[] PointWindows(int count, int seed = 1) =>
        Windows(count, seed).Select(w => new PointWindow { Series = w.Series, Label = w.Series.Select(v => v > 0.5f).ToArray(), Start = w.Start }).ToArray();

    public static SoftPromptAnomalyTrainer.Options Options(int epochs = 8) => new()
    {
        FeatureColumnName = "Tokens",
        BackbonePath = TinyBackbone.Folder,
        PromptLength = 5,
        MaxEpochs = epochs,
        BatchSize = 8,
        Seed = 1,
    };
}
