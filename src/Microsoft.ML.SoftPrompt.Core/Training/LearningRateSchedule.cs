namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>The linear schedule: the rate rises over the first steps and falls to nothing at the end.</summary>
/// <param name="Steps">Number of steps S.</param>
/// <param name="WarmUpSteps">Number of steps w in which the rate rises, at least 1.</param>
internal readonly record struct LearningRateSchedule(int Steps, int WarmUpSteps)
{
    /// <summary>A warm-up over a share of the steps, of at least one.</summary>
    public static LearningRateSchedule WithWarmUp(int steps, double fraction) => new(steps, Math.Max(1, (int)Math.Ceiling(fraction * steps)));

    /// <summary>What the learning rates are multiplied with at step s from 0: min(1, (s + 1) / w) · (S − s) / S.</summary>
    public double Factor(int step) => Math.Min(1, (step + 1.0) / WarmUpSteps) * (Steps - step) / Steps;
}
