using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// A control that sees no value: the number of values of a series, missing ones among them. Labels made by tests over a series' values
/// flag long series more often, and windows that vary in length meet an anomaly more often the longer they are.
/// </summary>
public sealed class SeriesLengthMethod : IAnomalyMethod
{
    /// <inheritdoc/>
    public string Name => "Length";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A series is malformed, or there is none.</exception>
    /// <exception cref="NotSupportedException">The labels are one a value.</exception>
    public IAnomalyScorer Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation, int seed, CancellationToken cancellation = default) =>
        LabeledSeriesCheck.Fit(training, validation) == LabelKind.Series
            ? new LengthScorer()
            : throw new NotSupportedException("A series' length says nothing of its values: this control needs one label a series.");

    private sealed class LengthScorer : IAnomalyScorer
    {
        public IReadOnlyList<double> Score(IReadOnlyList<LabeledSeries> series, CancellationToken cancellation = default)
        {
            LabeledSeriesCheck.Score(series, LabelKind.Series);
            return series.Select(s => (double)s.Values.Length).ToArray();
        }
    }
}
