namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>All that the controls learn from the training part, and their thresholds.</summary>
/// <param name="Whole">Mean and deviation of all training readings.</param>
/// <param name="Groups">The same of each group, where every group has its own scale; else empty.</param>
/// <param name="MostAreAnomalous">The constant answer: the majority class of training.</param>
/// <param name="ZScoreThreshold">A window or reading is flagged above it.</param>
/// <param name="JumpThreshold">A window or reading is flagged above it.</param>
/// <param name="ChosenOnValidation">False where validation did not have both classes, so that the thresholds come from the training rows.</param>
internal sealed record ControlNotes(
    Spread Whole, IReadOnlyDictionary<string, Spread> Groups, bool MostAreAnomalous, double ZScoreThreshold, double JumpThreshold, bool ChosenOnValidation)
{
    public Spread Of(string group) => Groups.TryGetValue(group, out Spread? own) ? own : Whole;
}

/// <summary>Mean and population standard deviation of readings.</summary>
internal sealed record Spread(double Mean, double Deviation);
