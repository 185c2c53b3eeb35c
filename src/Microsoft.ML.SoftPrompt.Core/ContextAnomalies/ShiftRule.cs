namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>Sudden shift: at some split the means of the two parts differ significantly, by the t-test of equal variances.</summary>
internal sealed record ShiftRule(double Significance, SplitCorrection Correction)
{
    public SplitFinding Judge(PresentValues series) => SplitFinding.Best<RunningValues>(series, Significance, Correction);
}
