using Microsoft.ML.SoftPrompt.Baselines;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;

/// <summary>A method that sees each series scaled by its own range, 0 to 1, as SPEAR does where the rules look at a series alone.</summary>
internal sealed class ScaledBySeriesMethod(IAnomalyMethod method) : IAnomalyMethod
{
    public string Name => method.Name;

    public IAnomalyScorer Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation, int seed, CancellationToken cancellation = default) =>
        new Scorer(method.Fit(Scaled(training), Scaled(validation), seed, cancellation));

    private static LabeledSeries[] Scaled(IReadOnlyList<LabeledSeries> series) => [.. series.Select(one => one with { Values = Scaled(one.Values.Span) })];

    private static float[] Scaled(ReadOnlySpan<float> values)
    {
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (float value in values)
        {
            // Of NaN, a missing value, neither holds.
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
        float[] scaled = values.ToArray();
        for (int i = 0; i < scaled.Length; i++)
            scaled[i] = float.IsNaN(scaled[i]) ? float.NaN : high > low ? (float)(((double)scaled[i] - low) / ((double)high - low)) : 0.5f;
        return scaled;
    }

    private sealed class Scorer(IAnomalyScorer scorer) : IAnomalyScorer
    {
        public IReadOnlyList<double> Score(IReadOnlyList<LabeledSeries> series, CancellationToken cancellation = default) => scorer.Score(Scaled(series), cancellation);
    }
}
