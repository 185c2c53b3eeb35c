namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>Monotonic trend: the slope of the least-squares line over time is steep enough and differs from 0 significantly.</summary>
internal sealed record TrendRule(double MinimumSlope, double Significance)
{
    /// <summary>Two points always lie on a line.</summary>
    public const int FewestValues = 3;

    // What SciPy's linregress adds to 1 − r and 1 + r, so that a perfect line has a finite t statistic.
    private const double PerfectLine = 1e-20;

    public TrendFinding Judge(PresentValues series)
    {
        if (series.Count < FewestValues)
            return TrendFinding.None;
        PartSums times = default, values = default;
        DoubleDouble productSum = 0;
        for (int i = 0; i < series.Count; i++)
        {
            times = times.Add(series.Places[i]);
            values = values.Add(series.Values[i]);
            productSum += (DoubleDouble)series.Places[i] * series.Values[i];
        }
        DoubleDouble timeScatter = times.Scatter, valueScatter = values.Scatter;
        DoubleDouble coScatter = DoubleDouble.Difference(series.Count * productSum, times.Sum * values.Sum);
        double slope = (double)coScatter / (double)timeScatter;

        // 1 − r² before anything is rounded to double: of a steep line it is the digits that matter.
        DoubleDouble product = timeScatter * valueScatter;
        double unexplained = Math.Max(0, (double)DoubleDouble.Difference(product, coScatter * coScatter)) / (double)product;
        int degreesOfFreedom = series.Count - 2;
        double p = PValue.OfF(degreesOfFreedom * (1 - unexplained) / (unexplained + 2 * PerfectLine), degreesOfFreedom);
        return new TrendFinding(slope, p, Math.Abs(slope) > MinimumSlope && p < Significance);
    }
}

/// <param name="Slope">Change from one place in time to the next.</param>
/// <param name="PValue">Two-sided, of the slope being 0; NaN of a constant series.</param>
/// <param name="IsAnomalous">Whether the rule flags the series.</param>
internal readonly record struct TrendFinding(double Slope, double PValue, bool IsAnomalous)
{
    public static TrendFinding None => new(double.NaN, double.NaN, false);
}
