namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>The split whose parts differ most.</summary>
/// <param name="Place">Index in the series of the second part's first value; the first of equal splits; NaN where no split has a statistic.</param>
/// <param name="PValue">Of that split alone, whatever the correction; NaN where there is none.</param>
/// <param name="IsAnomalous">Whether the rule flags the series.</param>
internal readonly record struct SplitFinding(double Place, double PValue, bool IsAnomalous)
{
    public static SplitFinding None => new(double.NaN, double.NaN, false);

    /// <summary>All splits of a series have the same degrees of freedom, so that the largest statistic has the smallest p-value.</summary>
    public static SplitFinding Best<TSums>(PresentValues series, double significance, SplitCorrection correction)
        where TSums : IRunningSums, new()
    {
        double[] statistics = SplitScan.Statistics<TSums>(series.Values);
        int best = -1;
        for (int i = 0; i < statistics.Length; i++)
            if (statistics[i] > (best < 0 ? double.NegativeInfinity : statistics[best]))
                best = i;
        if (best < 0)
            return None;
        double p = ContextAnomalies.PValue.OfF(statistics[best], series.Count - 2);
        double limit = correction == SplitCorrection.Bonferroni ? significance / statistics.Length : significance;
        return new SplitFinding(series.Places[best + SplitScan.ShortestPart], p, p < limit);
    }
}
