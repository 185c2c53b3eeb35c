using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// A control without a model: the distance of a value from the training values' mean, in their standard deviations; of a series the
/// largest (<see cref="SeriesControls.LargestZScore"/>). A missing value scores 0.
/// </summary>
public sealed class LargestZScoreMethod : IAnomalyMethod
{
    /// <inheritdoc/>
    public string Name => "Largest |z|";

    /// <summary>Gets whether each <see cref="LabeledSeries.Group"/> has a mean and a deviation of its own; a group that training has not seen takes those of all.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool ByGroup { get; init; } = true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A series is malformed, there is none, or every value is missing.</exception>
    public IAnomalyScorer Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation, int seed, CancellationToken cancellation = default)
    {
        LabeledSeriesCheck.Fit(training, validation);
        ValueScale scale = ValueScale.Fit(training, ByGroup);
        return new ValueScorer(series =>
        {
            (double mean, double deviation) = scale.Of(series.Group);
            return Array.ConvertAll(series.Values.ToArray(), value => SeriesControls.LargestZScore([value], mean, deviation));
        });
    }
}
