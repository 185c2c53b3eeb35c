using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Series;

public sealed class BinSettingsTests
{
    [Fact]
    public void The_range_is_that_of_the_values_and_needs_none_of_them()
    {
        var settings = new BinSettings(10, QuantizationBinning.Uniform, 0, 1);

        settings.NeedsValues.Should().BeFalse();
        settings.Fit(Sample(settings, 3, float.NaN, -1)).Should().Be(new FittedRange(-1, 3));
    }

    [Fact]
    public void A_robust_range_leaves_the_ends_out()
    {
        // 0 … 100: the quantiles at 0.05 and 0.9 are 5 and 90.
        var settings = new BinSettings(10, QuantizationBinning.Uniform, 0.05, 0.9);

        settings.Fit(Sample(settings, Enumerable.Range(0, 101).Select(i => (float)i).Reverse().ToArray())).Should().Be(new FittedRange(5, 90));
    }

    [Fact]
    public void Edges_stand_at_quantiles_of_the_values_that_are_there()
    {
        // Five values, so the quantile at p stands at place 4 p.
        var settings = new BinSettings(4, QuantizationBinning.Quantile, 0, 1);

        var range = settings.Fit(Sample(settings, 8, float.NaN, 1, 2, 4, 16));

        range.Should().BeEquivalentTo(new FittedRange(1, 16, [2, 4, 8]));
        settings.Fits(range).Should().BeTrue();
    }

    [Fact]
    public void Edges_of_a_robust_range_divide_the_way_between_its_quantiles()
    {
        // 0 … 100 and the quantiles 0.1, 0.3, 0.5, 0.7, 0.9.
        var settings = new BinSettings(4, QuantizationBinning.Quantile, 0.1, 0.9);

        settings.Fit(Sample(settings, Enumerable.Range(0, 101).Select(i => (float)i).ToArray())).Should().BeEquivalentTo(new FittedRange(10, 90, [30, 50, 70]));
    }

    [Fact]
    public void Quantile_bins_hold_equally_many_of_different_values()
    {
        Gen<(int, int)> gen = from perBin in Gen.Choose(1, 9) from bins in Gen.Choose(2, 40) select (perBin, bins);

        Prop.ForAll(gen.ToArbitrary(), (Func<(int, int), bool>)(p =>
        {
            var settings = new BinSettings(p.Item2, QuantizationBinning.Quantile, 0, 1);
            float[] values = Enumerable.Range(0, p.Item1 * p.Item2).Select(i => MathF.Exp(i / 20f)).ToArray();
            var bins = settings.CreateBins(settings.Fit(Sample(settings, values)));
            int[] counts = values.GroupBy(bins.Find).Select(group => group.Count()).ToArray();
            return counts.Length == p.Item2 && counts.Max() - counts.Min() <= 2;
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_order_of_the_values_does_not_matter()
    {
        Gen<(int[], bool)> gen = from values in Gen.ArrayOf(Gen.Choose(-20, 20)) where values.Length > 0 from quantiles in Gen.Elements(true, false) select (values, quantiles);

        Prop.ForAll(gen.ToArbitrary(), (Func<(int[], bool), bool>)(p =>
        {
            var settings = new BinSettings(7, p.Item2 ? QuantizationBinning.Quantile : QuantizationBinning.Uniform, 0.1, 0.95);
            float[] values = Array.ConvertAll(p.Item1, v => v / 3f);
            var one = settings.Fit(Sample(settings, values));
            var other = settings.Fit(Sample(settings, values.Reverse().ToArray()));
            return (one.Minimum, one.Maximum) == (other.Minimum, other.Maximum) && (one.InnerEdges ?? []).SequenceEqual(other.InnerEdges ?? []) && settings.Fits(one);
        })).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(1, 0, 1, "BinCount is 1; expected 2 to 2000.")]
    [InlineData(2001, 0, 1, "BinCount is 2001; expected 2 to 2000.")]
    [InlineData(10, 0.5, 0.5, "LowerQuantile is 0.5 and UpperQuantile 0.5*")]
    [InlineData(10, -0.1, 1, "LowerQuantile is -0.1*")]
    [InlineData(10, 0, 1.1, "*UpperQuantile 1.1*")]
    [InlineData(10, double.NaN, 1, "LowerQuantile is NaN*")]
    public void Settings_out_of_range_are_told(int bins, double lower, double upper, string fault) =>
        new BinSettings(bins, QuantizationBinning.Uniform, lower, upper).GetFaults().Should().ContainSingle().Which.Should().Match(fault);

    [Fact]
    public void A_range_is_checked_for_order_finite_limits_and_the_number_of_edges()
    {
        var uniform = new BinSettings(3, QuantizationBinning.Uniform, 0, 1);
        var quantile = new BinSettings(3, QuantizationBinning.Quantile, 0, 1);

        uniform.Fits(new FittedRange(0, 1)).Should().BeTrue();
        uniform.Fits(new FittedRange(1, 0)).Should().BeFalse();
        uniform.Fits(new FittedRange(float.NaN, 0)).Should().BeFalse();
        uniform.Fits(new FittedRange(float.NegativeInfinity, 0)).Should().BeFalse();
        uniform.Fits(new FittedRange(0, 1, [0.3f, 0.6f])).Should().BeFalse();
        quantile.Fits(new FittedRange(0, 1, [0.3f, 0.3f])).Should().BeTrue();
        quantile.Fits(new FittedRange(0, 1)).Should().BeFalse();
        quantile.Fits(new FittedRange(0, 1, [0.3f])).Should().BeFalse();
        quantile.Fits(new FittedRange(0, 1, [0.6f, 0.3f])).Should().BeFalse();
        quantile.Fits(new FittedRange(0, 1, [0.3f, float.NaN])).Should().BeFalse();
        quantile.Fits(new FittedRange(0, 1, [0.3f, 1.1f])).Should().BeFalse();
    }

    private static ValueSample Sample(BinSettings settings, params float[] values)
    {
        var sample = new ValueSample(settings.NeedsValues);
        sample.Add(values);
        return sample;
    }
}
