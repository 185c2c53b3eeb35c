namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>
/// The curves that a detector describes as its threshold falls from the highest score to the lowest. The points are those of
/// scikit-learn's <c>roc_curve</c> and <c>precision_recall_curve</c>; the latter lists them from the lowest threshold on, these methods
/// both from the highest.
/// </summary>
public static class Curves
{
    /// <summary>Gives the receiver operating characteristic: <see cref="CurvePoint.Recall"/> over <see cref="CurvePoint.FalsePositiveRate"/>. In O(n log n).</summary>
    /// <param name="scores">Finite numbers, higher for more anomalous.</param>
    /// <param name="labels">Whether each item is anomalous.</param>
    /// <param name="dropIntermediate">
    /// Leaves out the points that lie midway between their neighbours, as scikit-learn does by default: the picture and its area stay,
    /// thresholds are lost. Without it there is a point for every distinct score.
    /// </param>
    /// <returns>The points, from nothing flagged to everything flagged.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a score is not finite.</exception>
    public static IReadOnlyList<CurvePoint> Roc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, bool dropIntermediate = false)
    {
        List<CurvePoint> points = Points(scores, labels);
        if (!dropIntermediate)
            return points;
        // Nothing flagged is not looked at: the first score is kept in any case.
        return Keep(points, (before, point, after) =>
            after.FalsePositives - point.FalsePositives != point.FalsePositives - before.FalsePositives
            || after.TruePositives - point.TruePositives != point.TruePositives - before.TruePositives);
    }

    /// <summary>Gives the precision–recall curve: <see cref="CurvePoint.Precision"/> over <see cref="CurvePoint.Recall"/>. In O(n log n).</summary>
    /// <param name="scores">Finite numbers, higher for more anomalous.</param>
    /// <param name="labels">Whether each item is anomalous.</param>
    /// <param name="dropIntermediate">
    /// Leaves out the points whose recall is that of both their neighbours, as scikit-learn does when asked to. Without it there is a
    /// point for every distinct score.
    /// </param>
    /// <returns>The points, from nothing flagged, where the precision counts 1, to everything flagged.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a score is not finite.</exception>
    public static IReadOnlyList<CurvePoint> PrecisionRecall(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, bool dropIntermediate = false)
    {
        List<CurvePoint> points = Points(scores, labels);
        return dropIntermediate
            ? Keep(points, (before, point, after) => before.TruePositives != point.TruePositives || point.TruePositives != after.TruePositives)
            : points;
    }

    private static List<CurvePoint> Points(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var ranked = new RankedScores(scores, labels);
        var points = new List<CurvePoint>(ranked.Steps.Count + 1) { new(double.PositiveInfinity, 0, 0, ranked.Positives, ranked.Negatives) };
        foreach (RankedScores.Step step in ranked.Steps)
            points.Add(points[^1] with
            {
                Threshold = step.Score,
                TruePositives = points[^1].TruePositives + step.Positives,
                FalsePositives = points[^1].FalsePositives + step.Negatives,
            });
        return points;
    }

    /// <summary>The first point, the highest and the lowest score, and of the others those that are wanted.</summary>
    private static List<CurvePoint> Keep(List<CurvePoint> points, Func<CurvePoint, CurvePoint, CurvePoint, bool> isWanted) =>
        [.. points.Where((point, i) => i <= 1 || i == points.Count - 1 || isWanted(points[i - 1], point, points[i + 1]))];
}
