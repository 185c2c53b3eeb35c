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
    /// Computes the area under the receiver operating characteristic within groups: the chance that a random anomaly has a higher score
    /// than a random normal item of the same group, over all such pairs, equal scores counted half. Where most pairs are of two groups
    /// (files, patients), the area over all tells groups apart more than it finds anomalies; this one does not. In O(n log n).
    /// </summary>
    /// <param name="scores">Finite numbers, higher for more anomalous.</param>
    /// <param name="labels">Whether each item is anomalous.</param>
    /// <param name="groups">The group of each item.</param>
    /// <returns>0 to 1; NaN where no group has both classes.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a score is not finite.</exception>
    public static double AreaUnderRocWithinGroups(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, IReadOnlyList<string> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        RankedScores.Check(scores, labels);
        if (groups.Count != scores.Length)
            throw new ArgumentException($"There are {scores.Length} scores and {groups.Count} groups; every score needs its group.", nameof(groups));
        double[] allScores = scores.ToArray();
        bool[] allLabels = labels.ToArray();
        (double won, double pairs) = (0, 0);
        foreach (int[] group in Enumerable.Range(0, groups.Count).GroupBy(i => groups[i]).Select(group => group.ToArray()))
        {
            var ranked = new RankedScores(Array.ConvertAll(group, i => allScores[i]), Array.ConvertAll(group, i => allLabels[i]));
            won += PairsWon(ranked);
            pairs += (double)ranked.Positives * ranked.Negatives;
        }
        return pairs > 0 ? won / pairs : double.NaN;
    }

    /// <summary>
    /// Computes the average precision, Σ (R_k − R_{k−1}) P_k over the distinct scores in falling order: the step-wise area under the
    /// precision-recall curve, as scikit-learn's <c>average_precision_score</c>. In O(n log n).
    /// </summary>
    /// <param name="scores">Finite numbers, higher for more anomalous.</param>
    /// <param name="labels">Whether each item is anomalous.</param>
    /// <returns>0 to 1; NaN where no item is anomalous.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a score is not finite.</exception>
    public static double AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels) => AveragePrecision(new RankedScores(scores, labels));

    internal static double AreaUnderRoc(RankedScores ranked) =>
        ranked.Positives == 0 || ranked.Negatives == 0 ? double.NaN : PairsWon(ranked) / ((double)ranked.Positives * ranked.Negatives);

    /// <summary>The pairs of an anomaly and a normal item in which the anomaly's score is higher, equal ones counted half.</summary>
    private static double PairsWon(RankedScores ranked)
    {
        double won = 0;
        long positivesAbove = 0;
        foreach (RankedScores.Step step in ranked.Steps)
        {
            won += step.Negatives * (positivesAbove + 0.5 * step.Positives);
            positivesAbove += step.Positives;
        }
        return won;
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
