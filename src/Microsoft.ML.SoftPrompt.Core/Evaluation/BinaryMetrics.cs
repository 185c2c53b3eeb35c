namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>What a detector's scores and its threshold are worth on labelled items.</summary>
/// <param name="TruePositives">Anomalies flagged.</param>
/// <param name="FalsePositives">Normal items flagged.</param>
/// <param name="TrueNegatives">Normal items not flagged.</param>
/// <param name="FalseNegatives">Anomalies not flagged.</param>
/// <param name="AreaUnderRoc">Area under the receiver operating characteristic, 0 to 1; NaN where a class is absent.</param>
/// <param name="AveragePrecision">Average precision, 0 to 1; NaN where no item is anomalous.</param>
public sealed record BinaryMetrics(int TruePositives, int FalsePositives, int TrueNegatives, int FalseNegatives, double AreaUnderRoc, double AveragePrecision)
{
    /// <summary>Gets the number of items.</summary>
    public int Count => TruePositives + FalsePositives + TrueNegatives + FalseNegatives;

    /// <summary>Gets the share of items that were judged rightly, 0 to 1.</summary>
    public double Accuracy => Ratio(TruePositives + TrueNegatives, Count);

    /// <summary>Gets the share of flagged items that are anomalous, 0 to 1; 0 where nothing was flagged.</summary>
    public double Precision => Ratio(TruePositives, TruePositives + FalsePositives);

    /// <summary>Gets the share of anomalies that were flagged, 0 to 1; 0 where there are none.</summary>
    public double Recall => Ratio(TruePositives, TruePositives + FalseNegatives);

    /// <summary>Gets the harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN), 0 to 1; 0 where that has no value.</summary>
    public double F1 => Ratio(2L * TruePositives, 2L * TruePositives + FalsePositives + FalseNegatives);

    /// <summary>Computes the metrics of scores against labels.</summary>
    /// <param name="scores">Finite numbers, higher for more anomalous.</param>
    /// <param name="labels">Whether each item is anomalous.</param>
    /// <param name="threshold">An item is flagged when its score is strictly above it.</param>
    /// <returns>The metrics.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, a score is not finite, or the threshold is NaN.</exception>
    public static BinaryMetrics Compute(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, double threshold)
    {
        if (double.IsNaN(threshold))
            throw new ArgumentException("The threshold is NaN; it must be a number.", nameof(threshold));
        var ranked = new RankedScores(scores, labels);
        int truePositives = 0;
        int falsePositives = 0;
        foreach (RankedScores.Step step in ranked.Steps)
        {
            if (!(step.Score > threshold))
                break;
            truePositives += step.Positives;
            falsePositives += step.Negatives;
        }
        return new BinaryMetrics(truePositives, falsePositives, ranked.Negatives - falsePositives, ranked.Positives - truePositives,
            RankMetrics.AreaUnderRoc(ranked), RankMetrics.AveragePrecision(ranked));
    }

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
