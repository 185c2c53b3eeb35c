namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// Sub-PCA: the principal components of the training series' subsequences, each less its mean; a subsequence's score is Σ projection² /
/// variance over the smaller components, a value's the mean over the subsequences that it lies in, and a series' the largest of its values.
/// Labels are not looked at.
/// </summary>
/// <remarks>
/// Values are compared on their group's scale. Missing values are filled on straight lines and score 0. A series shorter than a subsequence
/// is one subsequence, which goes on with the series' mean.
/// </remarks>
public sealed class SubPcaMethod : IAnomalyMethod
{
    /// <inheritdoc/>
    public string Name => "Sub-PCA";

    /// <summary>Gets the values ℓ of a subsequence.</summary>
    /// <value>At least 2; the default is 10.</value>
    public int SubsequenceLength { get; init; } = 10;

    /// <summary>Gets the share of the variance that the largest components explain, which do not count.</summary>
    /// <value>At least 0 (all components count) and below 1; the default is 0.9.</value>
    public double ExplainedVariance { get; init; } = 0.9;

    /// <summary>Gets whether subsequences are divided by their deviation too, so that only their shape counts.</summary>
    /// <value>The default is <see langword="false"/>: a larger swing is an anomaly as well.</value>
    public bool Normalize { get; init; }

    /// <summary>Gets whether each <see cref="LabeledSeries.Group"/> has a mean and a deviation of its own; a group that training has not seen takes those of all.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool ByGroup { get; init; } = true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A series is malformed, there is none, or every value is missing.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public IAnomalyScorer Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation, int seed, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SubsequenceLength, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(ExplainedVariance, 0); // NaN too
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ExplainedVariance, 1);
        LabeledSeriesCheck.Fit(training, validation);
        ValueScale scale = ValueScale.Fit(training, ByGroup);
        SubPca pca = SubPca.Fit(training.Select(Values), SubsequenceLength, Normalize, ExplainedVariance, cancellation);
        return new ValueScorer(series =>
        {
            double[] scores = pca.Score(Values(series));
            PresentSeries.ClearMissing(series.Values.Span, scores);
            return scores;
        });

        double[] Values(LabeledSeries series)
        {
            MeanDeviation of = scale.Of(series.Group);
            return PresentSeries.Fill(Array.ConvertAll(series.Values.ToArray(), value => of.Standardize(value)));
        }
    }
}
