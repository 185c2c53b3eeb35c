namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>Sudden spike: the largest jump between neighbours exceeds the jumps' mean by so many (population) standard deviations.</summary>
internal sealed record SpikeRule(double Deviations)
{
    /// <summary>One jump.</summary>
    public const int FewestValues = 2;

    public SpikeFinding Judge(PresentValues series)
    {
        if (series.Count < FewestValues)
            return SpikeFinding.None;
        PartSums jumps = default;
        double largest = double.NegativeInfinity;
        int place = 0;
        for (int i = 1; i < series.Count; i++)
        {
            double jump = Math.Abs(series.Values[i] - series.Values[i - 1]);
            jumps = jumps.Add(jump);
            if (jump > largest)
                (largest, place) = (jump, series.Places[i]);
        }

        // d > mean + c · sd, less the mean, times the count, squared: a jump that just reaches the limit is told from one beyond it.
        DoubleDouble excess = DoubleDouble.Difference(jumps.Count * (DoubleDouble)largest, jumps.Sum);
        DoubleDouble limit = (DoubleDouble)Deviations * Deviations * jumps.Scatter;
        bool exceeds = (double)excess > 0 && (double)DoubleDouble.Difference(excess * excess, limit) > 0;
        return new SpikeFinding(largest, place, exceeds);
    }
}

/// <param name="Jump">The largest absolute difference of neighbours.</param>
/// <param name="Place">Index in the series of the value that the jump leads to; the first of equal jumps.</param>
/// <param name="IsAnomalous">Whether the rule flags the series.</param>
internal readonly record struct SpikeFinding(double Jump, double Place, bool IsAnomalous)
{
    public static SpikeFinding None => new(double.NaN, double.NaN, false);
}
