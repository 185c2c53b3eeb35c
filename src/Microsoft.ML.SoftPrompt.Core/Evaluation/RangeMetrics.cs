namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>
/// Areas and volumes under curves that forgive a score for rising a little before or after an anomaly: range-AUC and the volume under
/// the surface (VUS) of Paparrizos et al., "Volume Under the Surface: A New Accuracy Evaluation Measure for Time-Series Anomaly
/// Detection", VLDB 2022. For one series, its points in time order; equal to the authors' package <c>vus</c>.
/// </summary>
/// <remarks>
/// <para>
/// With a window w every anomalous stretch gets a margin of w / 2 points (rounded down) on either side. A point of a margin counts
/// √(1 − d / w) anomalous, d being its distance from the stretch; where margins overlap their sum counts, at most 1. Let A be the number
/// of anomalous points, M the sum over all margins, and TP the sum of both over the flagged points. At a threshold the recall is
/// min(TP / P, 1) times the share of the widened stretches in which something is flagged, the false positive rate (flagged − TP) /
/// (points − P), and the precision TP / flagged, with P = A + M / 2. The thresholds are the scores at 250 evenly spaced ranks, and what
/// has at least such a score is flagged.
/// </para>
/// <para>
/// The package treats the slices of the volume in three ways unlike a single range-AUC, and so do these methods: M is summed over the
/// flagged points alone; widened stretches count as one where they overlap, but not where they merely touch; and the area under the
/// precision–recall curve is Σ (R_k − R_{k−1}) P_k, as in average precision, not that of trapezoids.
/// </para>
/// </remarks>
public static class RangeMetrics
{
    /// <summary>Computes range-AUC: the areas under the two curves for one window. In O(n log n).</summary>
    /// <param name="scores">Finite numbers, higher for more anomalous, a point each in time order.</param>
    /// <param name="labels">Whether each point is anomalous.</param>
    /// <param name="window">Points by which an anomaly is widened, half of them on either side; at least 0.</param>
    /// <returns>
    /// The areas under the ROC and the precision–recall curve, about 0 to 1. Both are NaN where no point is anomalous, that under the ROC
    /// curve also where all are.
    /// </returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, a score is not finite, or the window is negative.</exception>
    public static (double Roc, double PrecisionRecall) RangeAuc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, int window)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(window);
        return new WidenedCurves(scores, labels).Areas(window, ofSurface: false);
    }

    /// <summary>
    /// Computes VUS-ROC and VUS-PR: the means of the areas under the two curves for all windows from 0 to <paramref name="maximumWindow"/>.
    /// In O(n log n) plus, for every window, the anomalous points and those by which they are widened.
    /// </summary>
    /// <param name="scores">Finite numbers, higher for more anomalous, a point each in time order.</param>
    /// <param name="labels">Whether each point is anomalous.</param>
    /// <param name="maximumWindow">The largest window, in points; at least 0. The paper takes the period of the series.</param>
    /// <param name="cancellation">Asked between windows.</param>
    /// <returns>The volumes, about 0 to 1; NaN as for <see cref="RangeAuc"/>.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, a score is not finite, or the window is negative.</exception>
    public static (double Roc, double PrecisionRecall) VolumeUnderSurface(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, int maximumWindow, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maximumWindow);
        var curves = new WidenedCurves(scores, labels);
        (double roc, double precisionRecall) = (0, 0);
        for (long window = 0; window <= maximumWindow; window++)
        {
            cancellation.ThrowIfCancellationRequested();
            (double rocArea, double precisionRecallArea) = curves.Areas((int)window, ofSurface: true);
            roc += rocArea;
            precisionRecall += precisionRecallArea;
        }
        return (roc / (maximumWindow + 1.0), precisionRecall / (maximumWindow + 1.0));
    }
}
