using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// Gradient-boosted trees (Friedman, 2001; Chen and Guestrin, 2016) on statistics of the window: length, moments, quantiles, trend, jumps,
/// autocorrelation, shift, change of variance, gaps. For labels a value, on the value, its steps and the statistics of its neighbourhood.
/// The score is the logit.
/// </summary>
/// <remarks>
/// Values are compared on their group's scale. Trees split between bins, at most 256 a feature. Where validation series have both classes,
/// their log loss chooses the number of trees. The model does not depend on the order of the training series but for the rounding of the
/// scale, nor on the number of threads. docs/baselines.md lists the statistics.
/// </remarks>
public sealed class BoostedTreesMethod : IAnomalyMethod
{
    /// <inheritdoc/>
    public string Name => "Boosted trees";

    /// <summary>Gets the number of trees; fewer where validation series say so.</summary>
    /// <value>At least 1; the default is 200.</value>
    public int Trees { get; init; } = 200;

    /// <summary>Gets the splits from a tree's root to a leaf at most.</summary>
    /// <value>At least 1; the default is 3.</value>
    public int Depth { get; init; } = 3;

    /// <summary>Gets the share of its best step that a tree takes.</summary>
    /// <value>Above 0 and at most 1; the default is 0.1.</value>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Gets the training labels in a leaf at least.</summary>
    /// <value>At least 1; the default is 5.</value>
    public int MinimumLeafSize { get; init; } = 5;

    /// <summary>Gets what is added to a leaf's second derivatives (λ of Chen and Guestrin, eq. (5)).</summary>
    /// <value>Above 0; the default is 1.</value>
    public double Regularization { get; init; } = 1;

    /// <summary>Gets the share of the features that each tree sees, drawn by the seed.</summary>
    /// <value>Above 0 and at most 1; the default is 0.5.</value>
    public double FeatureFraction { get; init; } = 0.5;

    /// <summary>Gets the values on each side that make a value's neighbourhood; labels a value only.</summary>
    /// <value>At least 1; the default is 10.</value>
    public int Neighbours { get; init; } = 10;

    /// <summary>Gets whether each <see cref="LabeledSeries.Group"/> has a mean and a deviation of its own; a group that training has not seen takes those of all.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool ByGroup { get; init; } = true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A series is malformed, the training series lack a class, or every value is missing.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public IAnomalyScorer Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation, int seed, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Trees, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Depth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinimumLeafSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Neighbours, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Regularization, 0); // NaN too, here and below
        CheckShare(LearningRate);
        CheckShare(FeatureFraction);
        LabelKind labelKind = LabeledSeriesCheck.Fit(training, validation);
        LabeledSeriesCheck.BothClasses(training);
        ValueScale scale = ValueScale.Fit(training, ByGroup);
        FeatureTable table = FeatureTable.Of(training, labelKind, scale, Neighbours, cancellation);
        FeatureBins bins = FeatureBins.Fit(table);
        BoostedTrees trees = BoostedTrees.Fit(bins.Bin(table), Labels(training), bins.Bin(FeatureTable.Of(validation, labelKind, scale, Neighbours, cancellation)), Labels(validation),
            this, new Random(seed), cancellation);
        return new Scorer(labelKind, scale, Neighbours, bins, trees);
    }

    private static void CheckShare(double share, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(share))] string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(share, 0, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1, name);
    }

    private static bool[] Labels(IReadOnlyList<LabeledSeries> series) => series.SelectMany(s => s.Labels.ToArray()).ToArray();

    private sealed class Scorer(LabelKind labelKind, ValueScale scale, int neighbours, FeatureBins bins, BoostedTrees trees) : IAnomalyScorer
    {
        public IReadOnlyList<double> Score(IReadOnlyList<LabeledSeries> series, CancellationToken cancellation = default)
        {
            LabeledSeriesCheck.Score(series, labelKind);
            return trees.Score(bins.Bin(FeatureTable.Of(series, labelKind, scale, neighbours, cancellation)));
        }
    }
}
