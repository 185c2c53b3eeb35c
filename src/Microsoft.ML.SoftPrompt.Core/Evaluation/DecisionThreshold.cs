namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>Chooses where to cut scores into anomalous and normal. An item is anomalous when its score is strictly above the threshold.</summary>
public static class DecisionThreshold
{
    /// <summary>
    /// Gives the threshold with the highest F1 on the given items. It lies midway between two neighbouring distinct scores; where
    /// flagging every item is best, half as far below the lowest score as the next one lies above it. Of thresholds that are equally
    /// good the highest is taken, which flags the fewest. In O(n log n).
    /// </summary>
    /// <param name="scores">Finite numbers, higher for more anomalous.</param>
    /// <param name="labels">Whether each item is anomalous; at least one must be.</param>
    /// <returns>The threshold.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, a score is not finite, or no item is anomalous.</exception>
    public static double ByF1(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels) =>
        Best(scores, labels, "an F1", (truePositives, flagged, positives) => (2.0 * truePositives / (flagged + positives), 0));

    /// <summary>
    /// Gives the threshold with at least a target precision on the given items that has the highest recall; where none has that
    /// precision, the one with the highest precision there is, and of those the one with the highest recall. It lies as for
    /// <see cref="ByF1"/>; of thresholds that are equally good the highest is taken. In O(n log n).
    /// </summary>
    /// <param name="scores">Finite numbers, higher for more anomalous.</param>
    /// <param name="labels">Whether each item is anomalous; at least one must be.</param>
    /// <param name="precision">The share of flagged items that must be anomalous, above 0 and at most 1.</param>
    /// <returns>The threshold.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, a score is not finite, no item is anomalous, or the target is out of range.</exception>
    public static double ByPrecision(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, double precision)
    {
        CheckTarget(precision, nameof(precision));
        return Best(scores, labels, "a precision above 0", (truePositives, flagged, _) => (Math.Min(precision, (double)truePositives / flagged), truePositives));
    }

    /// <summary>
    /// Gives the highest threshold with at least a target recall on the given items, which flags the fewest; flagging every item always
    /// has it. It lies as for <see cref="ByF1"/>. In O(n log n).
    /// </summary>
    /// <param name="scores">Finite numbers, higher for more anomalous.</param>
    /// <param name="labels">Whether each item is anomalous; at least one must be.</param>
    /// <param name="recall">The share of anomalies that must be flagged, above 0 and at most 1.</param>
    /// <returns>The threshold.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, a score is not finite, no item is anomalous, or the target is out of range.</exception>
    public static double ByRecall(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, double recall)
    {
        CheckTarget(recall, nameof(recall));
        return Best(scores, labels, "a recall", (truePositives, _, positives) => (Math.Min(recall, (double)truePositives / positives), 0));
    }

    /// <summary>What a threshold is worth; the second number decides between equal first ones.</summary>
    private delegate (double First, double Second) Merit(int truePositives, int flagged, int positives);

    /// <summary>The highest threshold of the greatest merit.</summary>
    private static double Best(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, string metric, Merit meritOf)
    {
        var ranked = new RankedScores(scores, labels);
        if (ranked.Positives == 0)
            throw new ArgumentException($"None of the {labels.Length} items is anomalous, so no threshold has {metric}; give items of both classes.", nameof(labels));

        (double, double) bestMerit = (-1, -1);
        int best = 0;
        int truePositives = 0;
        int flagged = 0;
        for (int i = 0; i < ranked.Steps.Count; i++)
        {
            truePositives += ranked.Steps[i].Positives;
            flagged += ranked.Steps[i].Positives + ranked.Steps[i].Negatives;
            (double, double) merit = meritOf(truePositives, flagged, ranked.Positives);
            if (merit.CompareTo(bestMerit) > 0)
                (bestMerit, best) = (merit, i);
        }
        return Below(ranked.Steps, best);
    }

    private static void CheckTarget(double target, string name)
    {
        if (!(target > 0 && target <= 1))
            throw new ArgumentOutOfRangeException(name, target, "A target must be above 0 and at most 1.");
    }

    /// <summary>A cut just below the step's score: midway to the next lower one, and never as high as the score itself.</summary>
    private static double Below(IReadOnlyList<RankedScores.Step> steps, int step)
    {
        double score = steps[step].Score;
        bool isLowest = step == steps.Count - 1;
        // Halved before they are added, so that large scores do not overflow.
        double cut = !isLowest ? score / 2 + steps[step + 1].Score / 2
            : steps.Count > 1 ? score - (steps[step - 1].Score / 2 - score / 2)
            : score - 0.5;
        if (cut < score)
            return cut;
        return isLowest ? Math.BitDecrement(score) : steps[step + 1].Score;
    }
}
