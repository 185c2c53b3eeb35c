using Microsoft.ML.SoftPrompt.Baselines;

namespace Microsoft.ML.SoftPrompt.Tool.ZeroShot;

/// <summary>What a chat model is asked. SPEAR does not print the prompts of its zero-shot rows; these are this project's.</summary>
internal static class ChatPrompt
{
    /// <summary>Of longer series the last values are shown: above any window of the benchmarks, and a few thousand tokens.</summary>
    public const int MostValues = 500;

    public const string Instructions = "You detect anomalies in time series. Answer with a JSON object alone, without any other text.";

    /// <summary>The question about a series, with its values as they are, not quantized: a model that is not trained has no use for bins.</summary>
    public static string Of(ReadOnlySpan<float> values) => $$"""
        Below are the values of a time series in the order of time.
        {{SeriesText.Write(values[Math.Max(0, values.Length - MostValues)..])}}
        Does this series contain an anomaly, such as a sudden spike, a shift of the level, an unusual trend or a change of volatility? Answer with {"probability": p}, where p is a number from 0 (certainly normal) to 1 (certainly anomalous).
        """;
}
