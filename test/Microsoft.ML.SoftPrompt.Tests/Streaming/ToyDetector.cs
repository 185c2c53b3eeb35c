using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Streaming;

/// <summary>Small models for streaming, and what they say of windows by ML.NET's own way.</summary>
internal static class ToyDetector
{
    private static readonly Lazy<ITransformer> Fitted = new(() => Fit("Host"));

    public static MLContext Ml { get; } = new(seed: 1);

    /// <summary>Gets a model whose hosts have scales of their own.</summary>
    public static ITransformer Model => Fitted.Value;

    public static ITransformer Fit(string? group, int seed = 1) => Ml.Transforms.QuantizeSeries("Tokens", "Series", binCount: 20, groupColumnName: group)
        .Append(Ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(epochs: 1)))
        .Fit(Ml.Data.LoadFromEnumerable(ToySeries.Windows(24, seed)));

    public static StreamingDetector Create(StreamingDetectorOptions? options = null, Stream? state = null)
    {
        options ??= new StreamingDetectorOptions();
        options.WindowSize ??= ToySeries.Length;
        return Ml.AnomalyDetection.CreateStreamingDetector(Model, options, state);
    }

    public static (float Score, float Probability, bool Label)[] Expected(ITransformer model, IEnumerable<(string Key, float[] Values)> windows) =>
        Ml.Data.CreateEnumerable<Answer>(model.Transform(Ml.Data.LoadFromEnumerable(windows.Select(window => new Query { Host = window.Key, Series = window.Values }))), reuseRowObject: false)
            .Select(answer => (answer.Score, answer.Probability, answer.PredictedLabel)).ToArray();

    /// <summary>Readings of a series, so many minutes apart.</summary>
    public static StreamingReading[] Readings(string key, int count, int seed = 1, int apart = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => At(i * apart, random.NextSingle(), key))];
    }

    public static StreamingReading At(int minute, float value, string key = "host 1") => new(key, value, Time(minute));

    public static DateTime Time(int minute) => new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(minute);
}
