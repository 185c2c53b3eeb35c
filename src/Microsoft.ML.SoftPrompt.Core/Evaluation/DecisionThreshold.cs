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
    public static double ByF1(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var ranked = new RankedScores(scores, labels);
        if (ranked.Positives == 0)
            throw new ArgumentException($"None of the {labels.Length} items is anomalous, so no threshold has an F1; give items of both classes.", nameof(labels));

        double bestF1 = -1;
        int best = 0;
        int truePositives = 0;
        int flagged = 0;
        for (int i = 0; i < ranked.Steps.Count; i++)
        {
            truePositives += ranked.Steps[i].Positives;
            flagged += ranked.Steps[i].Positives + ranked.Steps[i].Negatives;
            double f1 = 2.0 * truePositives / (flagged + ranked.Positives);
            if (f1 > bestF1)
                (bestF1, best) = (f1, i);
        }
        return Below(ranked.Steps, best);
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
