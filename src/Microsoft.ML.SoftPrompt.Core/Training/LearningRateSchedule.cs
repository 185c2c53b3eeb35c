namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>The learning rates over a training: they rise over the first steps, and fall over all of them.</summary>
/// <param name="Steps">Number of steps S.</param>
/// <param name="WarmUpSteps">Number of steps w in which the rate rises, at least 1.</param>
/// <param name="Decay">How the rate falls.</param>
internal readonly record struct LearningRateSchedule(int Steps, int WarmUpSteps, SoftPromptLearningRateDecay Decay = SoftPromptLearningRateDecay.Linear)
{
    /// <summary>A warm-up over a share of the steps, of at least one.</summary>
    public static LearningRateSchedule WithWarmUp(int steps, double fraction, SoftPromptLearningRateDecay decay = SoftPromptLearningRateDecay.Linear) =>
        new(steps, Math.Max(1, (int)Math.Ceiling(fraction * steps)), decay);

    /// <summary>What the learning rates are multiplied with at step s from 0; in the linear case min(1, (s + 1) / w) · (S − s) / S.</summary>
    public double Factor(int step)
    {
        double rise = Math.Min(1, (step + 1.0) / WarmUpSteps);
        return Decay switch
        {
            SoftPromptLearningRateDecay.Cosine => rise * (1 + Math.Cos(Math.PI * step / Steps)) / 2,
            SoftPromptLearningRateDecay.Constant => rise,
            _ => rise * (Steps - step) / Steps,
        };
    }
}
