using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// A control without a model: the distance of a value from the last one before it that is not missing, in the training values' standard
/// deviations (as it is, where the deviation is 0); of a series the largest (<see cref="SeriesControls.LargestJump"/>). The first value and a
/// missing one score 0.
/// </summary>
public sealed class LargestJumpMethod : IAnomalyMethod
{
    /// <inheritdoc/>
    public string Name => "Largest jump";

    /// <summary>Gets whether each <see cref="LabeledSeries.Group"/> has a deviation of its own; a group that training has not seen takes that of all.</summary>
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
            // A mean of 0: a jump has no place, only a size.
            MeanDeviation size = scale.Of(series.Group) with { Mean = 0 };
            ReadOnlySpan<float> values = series.Values.Span;
            var jumps = new double[values.Length];
            int previous = -1;
            for (int i = 0; i < values.Length; i++)
            {
                if (float.IsNaN(values[i]))
                    continue;
                if (previous >= 0)
                    jumps[i] = size.Standardize(SeriesControls.LargestJump([values[previous], values[i]]));
                previous = i;
            }
            return jumps;
        });
    }
}
