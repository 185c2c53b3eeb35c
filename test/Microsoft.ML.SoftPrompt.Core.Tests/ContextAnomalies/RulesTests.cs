using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

public sealed class RulesTests
{
    private static readonly TrendRule Trend = new(0.01, 0.05);
    private static readonly SpikeRule Spike = new(3);
    private static readonly ShiftRule Shift = new(0.05, SplitCorrection.None);
    private static readonly VolatilityRule Volatility = new(0.05, SplitCorrection.None);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Series_of_up_to_two_values_have_no_trend_and_no_split(int count)
    {
        PresentValues series = Series([.. Enumerable.Range(0, count).Select(i => 10.0 * i)]);

        Trend.Judge(series).Should().Be(TrendFinding.None);
        Shift.Judge(series).Should().Be(SplitFinding.None);
        Volatility.Judge(series).Should().Be(SplitFinding.None);
        Spike.Judge(series).Should().Be(count < 2 ? SpikeFinding.None : new SpikeFinding(10, 1, false));
    }

    [Theory]
    [InlineData(3.0)]
    [InlineData(0.1)]
    [InlineData(-1e6 - 0.7)]
    public void A_constant_series_is_never_flagged(double value)
    {
        PresentValues series = Series([.. Enumerable.Repeat(value, 1000)]);

        Trend.Judge(series).Should().Be(new TrendFinding(0, double.NaN, false));
        Spike.Judge(series).Should().Be(new SpikeFinding(0, 1, false));
        Shift.Judge(series).Should().Be(SplitFinding.None);
        Volatility.Judge(series).Should().Be(SplitFinding.None);
    }

    [Fact]
    public void Two_constant_parts_are_a_shift_with_a_p_value_of_zero() =>
        Shift.Judge(Series([.. Enumerable.Repeat(0.1, 7), .. Enumerable.Repeat(0.7, 9)])).Should().Be(new SplitFinding(7, 0, true));

    [Fact]
    public void Parts_of_two_levels_each_are_a_change_of_volatility_with_a_p_value_of_zero() =>
        // Distances from the median are 1 in the first part and 3 in the second.
        Volatility.Judge(Series([1, -1, 1, -1, 1, -1, 3, -3, 3, -3])).Should().Be(new SplitFinding(6, 0, true));

    [Fact]
    public void The_slope_must_exceed_the_minimum()
    {
        // A perfect line of slope 1/128 < 0.01; 1/64 is above.
        Trend.Judge(Series([.. Enumerable.Range(0, 50).Select(i => i / 128.0)])).IsAnomalous.Should().BeFalse();
        Trend.Judge(Series([.. Enumerable.Range(0, 50).Select(i => i / 64.0)])).IsAnomalous.Should().BeTrue();
        (Trend with { MinimumSlope = 1 / 64.0 }).Judge(Series([.. Enumerable.Range(0, 50).Select(i => i / 64.0)])).IsAnomalous.Should().BeFalse();
        (Trend with { MinimumSlope = 0 }).Judge(Series([.. Enumerable.Range(0, 50).Select(i => i / 128.0)])).IsAnomalous.Should().BeTrue();
    }

    [Fact]
    public void Values_keep_their_place_in_time_behind_a_gap()
    {
        TrendFinding found = Trend.Judge(Series([0, 1, double.NaN, double.NaN, double.NaN, 5, 6, double.NaN, 8]));

        found.Slope.Should().Be(1);
        found.IsAnomalous.Should().BeTrue();
    }

    [Fact]
    public void Jumps_and_splits_are_between_the_values_that_are_present_and_named_by_place_in_the_series()
    {
        PresentValues series = Series([double.NaN, 0, 0, 0, 0, double.NaN, double.NaN, 7, 7, 7]);

        Spike.Judge(series).Should().BeEquivalentTo(new { Jump = 7.0, Place = 7.0 });
        Shift.Judge(series).Should().Be(new SplitFinding(7, 0, true));
    }

    [Theory]
    // Of n jumps that are 0 but for one, that one lies √(n − 1) deviations above the mean: 3 for 10, which is not beyond 3.
    [InlineData(10, 3, false)]
    [InlineData(11, 3, true)]
    [InlineData(10, 2.9999, true)]
    [InlineData(101, 10, false)]
    [InlineData(102, 10, true)]
    public void A_jump_must_exceed_the_limit(int jumps, double deviations, bool spike)
    {
        double[] values = [.. Enumerable.Repeat((double)0.1f, jumps), 0.7f];

        new SpikeRule(deviations).Judge(Series(values)).Should().Be(new SpikeFinding((double)0.7f - 0.1f, jumps, spike));
    }

    [Fact]
    public void Bonferroni_divides_the_level_by_the_number_of_splits()
    {
        // Eight values, five splits. The t-test of [0 1 2 3] and [3 4 5 6]: means 3 apart, within 10, t² = 9 · 2 / (10 / 6) = 10.8.
        PresentValues series = Series([0, 1, 3, 2, 4, 3, 5, 6]);
        double p = Shift.Judge(series).PValue;

        p.Should().BeApproximately(PValue.OfF(10.8, 6), 1e-12);
        new ShiftRule(p * 5.01, SplitCorrection.Bonferroni).Judge(series).IsAnomalous.Should().BeTrue();
        new ShiftRule(p * 4.99, SplitCorrection.Bonferroni).Judge(series).IsAnomalous.Should().BeFalse();
        new ShiftRule(p * 4.99, SplitCorrection.None).Judge(series).IsAnomalous.Should().BeTrue();
        double v = Volatility.Judge(series).PValue;
        new VolatilityRule(v * 4.99, SplitCorrection.Bonferroni).Judge(series).IsAnomalous.Should().BeFalse();
        new VolatilityRule(v * 5.01, SplitCorrection.Bonferroni).Judge(series).IsAnomalous.Should().BeTrue();
    }

    [Fact]
    public void A_rule_that_is_switched_off_neither_flags_nor_gives_evidence()
    {
        PresentValues series = Series([.. Enumerable.Repeat(0.0, 20), .. Enumerable.Repeat(9.0, 20)]);
        bool[] flags = new bool[4];
        double[] evidence = new double[8];

        var off = new ContextFindings(new ContextAnomalyRules(null, null, null, null), series);
        off.WriteFlags(flags);
        off.WriteEvidence(evidence);

        off.IsAnomalous.Should().BeFalse();
        flags.Should().OnlyContain(flag => !flag);
        evidence.Should().OnlyContain(value => double.IsNaN(value));
        new ContextFindings(new ContextAnomalyRules(null, null, Shift, null), series).IsAnomalous.Should().BeTrue();
        new ContextFindings(new ContextAnomalyRules(null, new SpikeRule(10), null, null), series).IsAnomalous.Should().BeFalse();
    }

    [Fact]
    public void Decisions_do_not_change_with_shift_and_but_for_the_slopes_with_scale()
    {
        Arbitrary<int[]> lists = Gen.Choose(-20, 20).ListOf().Select(l => l.ToArray()).ToArbitrary();

        Prop.ForAll(lists, values =>
        {
            PresentValues plain = Series([.. values.Select(v => (double)v)]), shifted = Series([.. values.Select(v => v + 1e6)]), scaled = Series([.. values.Select(v => v * -0.125)]);
            return Trend.Judge(plain).IsAnomalous == Trend.Judge(shifted).IsAnomalous
                && new[] { shifted, scaled }.All(moved => Spike.Judge(plain).IsAnomalous == Spike.Judge(moved).IsAnomalous
                    && Shift.Judge(plain).IsAnomalous == Shift.Judge(moved).IsAnomalous && Volatility.Judge(plain).IsAnomalous == Volatility.Judge(moved).IsAnomalous);
        }).QuickCheckThrowOnFailure();
    }

    private static PresentValues Series(double[] values) => PresentValues.Of<double>(values);
}
