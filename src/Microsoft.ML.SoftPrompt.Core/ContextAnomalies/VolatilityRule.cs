namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>Volatility change: at some split the spreads of the two parts differ significantly, by Levene's test about the medians.</summary>
internal sealed record VolatilityRule(double Significance, SplitCorrection Correction)
{
    public SplitFinding Judge(PresentValues series) => SplitFinding.Best<RunningDeviations>(series, Significance, Correction);
}
