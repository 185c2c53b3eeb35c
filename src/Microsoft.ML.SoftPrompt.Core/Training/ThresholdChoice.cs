using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Chooses the threshold of a trained detector by the rule of the settings.</summary>
/// <param name="Threshold">The logit strictly above which a series or point is anomalous.</param>
/// <param name="Warning">What became of a rule that could not be followed; none where it was.</param>
internal readonly record struct ThresholdChoice(float Threshold, string? Warning)
{
    /// <summary>The logit of probability 0.5: the threshold where nothing chose one.</summary>
    public const float Even = 0;

    /// <param name="settings">The rule and its target.</param>
    /// <param name="best">The kept parameters' answers on the validation rows; none without validation.</param>
    /// <param name="probability">How a score becomes the probability that a fixed threshold means.</param>
    public static ThresholdChoice Make(TrainingSettings settings, ValidatedEpoch? best, PlattScaling probability)
    {
        double target = settings.ThresholdTarget;
        if (settings.ThresholdRule == SoftPromptThresholdRule.Fixed)
            return new ThresholdChoice((float)probability.ToScore(target), null);
        if (best is null)
            return new ThresholdChoice(Even, settings.ThresholdRule == SoftPromptThresholdRule.F1 ? null
                : FormattableString.Invariant($"The threshold could not be chosen for a {settings.ThresholdRule.ToString().ToLowerInvariant()} of {target}, because no row validates: it is probability 0.5."));
        return settings.ThresholdRule switch
        {
            SoftPromptThresholdRule.Precision => ForPrecision(best, target),
            SoftPromptThresholdRule.Recall => new ThresholdChoice(RoundDown(DecisionThreshold.ByRecall(best.Logits, best.Labels, target)), null),
            _ => new ThresholdChoice(RoundDown(DecisionThreshold.ByF1(best.Logits, best.Labels)), null),
        };
    }

    private static ThresholdChoice ForPrecision(ValidatedEpoch best, double target)
    {
        float threshold = RoundDown(DecisionThreshold.ByPrecision(best.Logits, best.Labels, target));
        BinaryMetrics reached = BinaryMetrics.Compute(best.Logits, best.Labels, threshold);
        return new ThresholdChoice(threshold, reached.Precision >= target ? null
            : FormattableString.Invariant($"No threshold has a precision of {target} on the validation rows; used is the one with the highest, {reached.Precision:0.###}, where recall is {reached.Recall:0.###}."));
    }

    /// <summary>The largest Single that is not above the threshold: rounding up could reach the score that must stay above it.</summary>
    private static float RoundDown(double threshold)
    {
        float rounded = (float)threshold;
        return rounded > threshold ? MathF.BitDecrement(rounded) : rounded;
    }
}
