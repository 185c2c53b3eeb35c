namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>How well scores rank anomalies above the rest, whatever the threshold. Items of equal score are not put in any order.</summary>
public static class RankMetrics
{
    /// <summary>
    /// Computes the area under the receiver operating characteristic: the chance that a random anomaly has a higher score than a random
    /// normal item, equal scores counted half. In O(n log n).
    /// </summary>
    /// <param name="scores">Finite numbers, higher for more anomalous.</param>
    /// <param name="labels">Whether each item is anomalous.</param>
    /// <returns>0 to 1; NaN where a class is absent.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a score is not finite.</exception>
    public static double AreaUnderRoc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels) => AreaUnderRoc(new RankedScores(scores, labels));

    /// <summary>
    /// Computes the average precision, Σ (R_k − R_{k−1}) P_k over the distinct scores in falling order: the step-wise area under the
    /// precision-recall curve, as scikit-learn's <c>average_precision_score</c>. In O(n log n).
    /// </summary>
    /// <param name="scores">Finite numbers, higher for more anomalous.</param>
    /// <param name="labels">Whether each item is anomalous.</param>
    /// <returns>0 to 1; NaN where no item is anomalous.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a score is not finite.</exception>
    public static double AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels) => AveragePrecision(new RankedScores(scores, labels));

    internal static double AreaUnderRoc(RankedScores ranked)
    {
        if (ranked.Positives == 0 || ranked.Negatives == 0)
            return double.NaN;
        double won = 0;
        long positivesAbove = 0;
        foreach (RankedScores.Step step in ranked.Steps)
        {
            won += step.Negatives * (positivesAbove + 0.5 * step.Positives);
            positivesAbove += step.Positives;
        }
        return won / ((double)ranked.Positives * ranked.Negatives);
    }

    internal static double AveragePrecision(RankedScores ranked)
    {
        if (ranked.Positives == 0)
            return double.NaN;
        double sum = 0;
        long positives = 0;
        long taken = 0;
        foreach (RankedScores.Step step in ranked.Steps)
        {
            positives += step.Positives;
            taken += step.Positives + step.Negatives;
            sum += step.Positives * ((double)positives / taken);
        }
        return sum / ranked.Positives;
    }
}
