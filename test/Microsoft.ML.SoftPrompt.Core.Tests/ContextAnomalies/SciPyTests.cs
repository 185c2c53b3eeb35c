namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>Every statistic against SciPy's, on series that are ordinary, degenerate, far from zero, tiny, and of parts far from each other.</summary>
public sealed class SciPyTests
{
    public static TheoryData<string> Names => [.. SciPyCase.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Trends_equal_those_of_SciPy(string name)
    {
        var reference = new SciPyCase(name);

        TrendFinding found = new TrendRule(0.01, 0.05).Judge(reference.Series);

        if (reference.Trend is not { } trend)
        {
            found.Should().Be(TrendFinding.None);
            return;
        }
        Check(found.Slope, trend.Slope, reference);
        Check(found.PValue, trend.PValue, reference);
        found.IsAnomalous.Should().Be(Math.Abs(trend.Slope) > 0.01 && trend.PValue < 0.05);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Spikes_are_those_beyond_the_mean_and_deviation_of_NumPy(string name)
    {
        var reference = new SciPyCase(name);
        double[] jumps = [.. reference.Values.Skip(1).Zip(reference.Values, (x, before) => Math.Abs(x - before))];

        SpikeFinding found = new SpikeRule(3).Judge(reference.Series);

        found.Jump.Should().Be(jumps.Max());
        found.Place.Should().Be(1 + Array.IndexOf(jumps, jumps.Max()));
        found.IsAnomalous.Should().Be(jumps.Max() > reference.JumpMean + 3 * reference.JumpDeviation);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_split_has_SciPys_p_value_of_the_t_test(string name)
    {
        var reference = new SciPyCase(name);

        Check(SplitScan.Statistics<RunningValues>(reference.Values), reference.ShiftPValues, reference);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_split_has_SciPys_p_value_of_Levenes_test(string name)
    {
        var reference = new SciPyCase(name);

        Check(SplitScan.Statistics<RunningDeviations>(reference.Values), reference.VolatilityPValues, reference);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_split_found_has_the_smallest_p_value(string name)
    {
        var reference = new SciPyCase(name);

        CheckBest(new ShiftRule(0.05, SplitCorrection.None).Judge(reference.Series), reference.ShiftPValues, reference);
        CheckBest(new VolatilityRule(0.05, SplitCorrection.None).Judge(reference.Series), reference.VolatilityPValues, reference);
    }

    private static void Check(double[] statistics, double[] expected, SciPyCase reference)
    {
        statistics.Should().HaveSameCount(expected);
        for (int i = 0; i < expected.Length; i++)
            Check(PValue.OfF(statistics[i], reference.Values.Length - 2), expected[i], reference);
    }

    private static void CheckBest(SplitFinding found, double[] expected, SciPyCase reference)
    {
        double[] p = [.. expected.Where(one => !double.IsNaN(one))];
        found.IsAnomalous.Should().Be(p.Any(one => one < 0.05));
        if (p.Length == 0)
        {
            found.Should().Be(SplitFinding.None);
            return;
        }
        Check(found.PValue, p.Min(), reference);
        Check(found.PValue, expected[(int)found.Place - SplitScan.ShortestPart], reference);
    }

    private static void Check(double found, double expected, SciPyCase reference)
    {
        if (double.IsNaN(expected))
            found.Should().Be(double.NaN);
        else
            found.Should().BeApproximately(expected, reference.Allowed(expected));
    }
}
