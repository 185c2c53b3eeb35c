namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>A fitted method.</summary>
public interface IAnomalyScorer
{
    /// <summary>Scores series; their labels are not looked at, only how many there are: one score a label.</summary>
    /// <param name="series">The series, in any number.</param>
    /// <param name="cancellation">Asked between batches.</param>
    /// <returns>The scores, series by series; finite numbers, higher for more anomalous, on any scale.</returns>
    IReadOnlyList<double> Score(IReadOnlyList<LabeledSeries> series, CancellationToken cancellation = default);
}
