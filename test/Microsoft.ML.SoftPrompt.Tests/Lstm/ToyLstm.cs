namespace Microsoft.ML.SoftPrompt.Tests.Lstm;

/// <summary>A small LSTM on the series of <see cref="Anomaly.ToySeries"/>.</summary>
internal static class ToyLstm
{
    public static LstmAnomalyTrainer.Options Options(int epochs = 2, string? groupColumnName = "Host", string? timeColumnName = null) => new()
    {
        FeatureColumnName = "Series",
        GroupColumnName = groupColumnName,
        TimeColumnName = timeColumnName,
        HiddenSize = 10,
        MaxEpochs = epochs,
        BatchSize = 8,
        LearningRate = 0.02,
        ValidationFraction = 0,
        Seed = 1,
    };

    /// <summary>The windows with uneven times.</summary>
    public static TimedWindow[] Timed(Window[] windows) => windows.Select(w => new TimedWindow
    {
        Series = w.Series,
        Label = w.Label,
        Host = w.Host,
        Time = w.Series.Select((_, t) => 100 + t * 0.5 + t % 3 * 0.1).ToArray(),
    }).ToArray();
}

/// <summary>A window whose values have times, in days.</summary>
public sealed class TimedWindow
{
    public float[] Series { get; set; } = [];

    public double[] Time { get; set; } = [];

    public bool Label { get; set; }

    public string Host { get; set; } = "";
}
