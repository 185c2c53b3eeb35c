using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Series;

public sealed class QuantizerTests
{
    [Theory]
    // Range 0 … 10 in 5 bins of width 2: bin = ⌊x / 2⌋, the upper end in the last bin; token = bin + 1.
    [InlineData(0f, 1u, false)]
    [InlineData(1.999f, 1u, false)]
    [InlineData(2f, 2u, false)]
    [InlineData(7.5f, 4u, false)]
    [InlineData(8f, 5u, false)]
    [InlineData(10f, 5u, false)]
    [InlineData(10.001f, 5u, true)]
    [InlineData(-0.001f, 1u, true)]
    [InlineData(float.MaxValue, 5u, true)]
    [InlineData(float.NaN, 0u, false)]
    public void Values_go_to_the_bins_of_equation_1(float value, uint token, bool isOutside)
    {
        var quantizer = EndBins(0, 10, 5);

        quantizer.Quantize(value, out bool outside).Should().Be(token);
        outside.Should().Be(isOutside);
    }

    [Fact]
    public void Series_are_quantized_in_place_order_and_outsiders_counted()
    {
        var tokens = new uint[4];

        EndBins(0, 1, 100).Quantize([0.5f, float.NaN, 2, -3], tokens).Should().Be(2);

        tokens.Should().Equal(51, 0, 100, 1);
    }

    [Theory]
    [InlineData(5f, 6u, false)] // of bins 0 … 9 the middle one is 10 / 2 = 5, token 6
    [InlineData(4.9f, 1u, true)]
    [InlineData(5.1f, 10u, true)]
    public void Constant_range_puts_its_value_into_the_middle(float value, uint token, bool isOutside)
    {
        var quantizer = EndBins(5, 5, 10);

        quantizer.Quantize(value, out bool outside).Should().Be(token);
        outside.Should().Be(isOutside);
    }

    [Fact]
    public void Widest_range_of_singles_does_not_overflow()
    {
        var quantizer = EndBins(-float.MaxValue, float.MaxValue, 4);

        quantizer.Quantize(-float.MaxValue, out _).Should().Be(1);
        quantizer.Quantize(0, out _).Should().Be(3);
        quantizer.Quantize(float.MaxValue, out _).Should().Be(4);
    }

    [Fact]
    public void Narrowest_range_of_singles_keeps_its_ends_apart()
    {
        var quantizer = EndBins(0, float.Epsilon, 2000);

        quantizer.Quantize(0, out _).Should().Be(1);
        quantizer.Quantize(float.Epsilon, out _).Should().Be(2000);
    }

    [Fact]
    public void Tokens_rise_with_values()
    {
        Gen<(int, int, int)> gen = from a in Gen.Choose(-1200, 1200) from b in Gen.Choose(-1200, 1200) from bins in Gen.Choose(2, 2000) select (a, b, bins);

        Prop.ForAll(gen.ToArbitrary(), (Func<(int, int, int), bool>)(p =>
        {
            (int a, int b, int bins) = p;
            var quantizer = EndBins(-1000 / 7f, 1000 / 7f, bins);
            uint low = quantizer.Quantize(Math.Min(a, b) / 7f, out _);
            uint high = quantizer.Quantize(Math.Max(a, b) / 7f, out _);
            return 1 <= low && low <= high && high <= bins;
        })).QuickCheckThrowOnFailure();
    }

    [Theory]
    // Range 0 … 10 in 5 bins: below the range is token 1, the bins are 2 … 6, above is 7.
    [InlineData(-0.001f, 1u)]
    [InlineData(0f, 2u)]
    [InlineData(10f, 6u)]
    [InlineData(10.001f, 7u)]
    [InlineData(float.NaN, 0u)]
    public void Values_outside_can_have_bins_of_their_own(float value, uint token)
    {
        var quantizer = new Quantizer(new UniformBins(0, 10, 5), OutsideValues.OwnBins);

        quantizer.Quantize(value, out _).Should().Be(token);
        quantizer.TokenCount.Should().Be(7);
    }

    [Fact]
    public void Values_outside_can_become_missing_and_are_counted_all_the_same()
    {
        var tokens = new uint[4];

        new Quantizer(new UniformBins(0, 10, 5), OutsideValues.Missing).Quantize([-1, 0, 10, 11], tokens).Should().Be(2);

        tokens.Should().Equal(0, 1, 5, 0);
    }

    [Theory]
    [InlineData(OutsideValues.EndBins, new float[] { float.NaN, 1, 3, 5, 7, 9 })]
    [InlineData(OutsideValues.OwnBins, new float[] { float.NaN, 0, 1, 3, 5, 7, 9, 10 })]
    [InlineData(OutsideValues.Missing, new float[] { float.NaN, 1, 3, 5, 7, 9 })]
    public void Tokens_stand_for_centres_and_limits(OutsideValues outside, float[] values)
    {
        var quantizer = new Quantizer(new UniformBins(0, 10, 5), outside);

        Enumerable.Range(0, quantizer.TokenCount + 1).Select(token => quantizer.Dequantize((uint)token)).Should().Equal(values);
    }

    [Fact]
    public void A_value_comes_back_within_half_a_bin()
    {
        Gen<(int, int, int, int)> gen = from low in Gen.Choose(-100_000, 100_000) from width in Gen.Choose(1, 100_000) from place in Gen.Choose(0, 1000)
                                        from bins in Gen.Choose(2, 2000) select (low, width, place, bins);

        Prop.ForAll(gen.ToArbitrary(), (Func<(int, int, int, int), bool>)(p =>
        {
            (float minimum, float maximum) = (p.Item1 / 7f, (p.Item1 + p.Item2) / 7f);
            float value = Math.Clamp(minimum + (maximum - minimum) * (p.Item3 / 1000f), minimum, maximum);
            var quantizer = EndBins(minimum, maximum, p.Item4);
            double back = quantizer.Dequantize(quantizer.Quantize(value, out bool outside));
            // The centre is rounded to a Single.
            double rounding = Math.Max(Math.Abs(minimum), Math.Abs(maximum)) * Math.Pow(2, -24);
            return !outside && Math.Abs(back - value) <= ((double)maximum - minimum) / p.Item4 / 2 + rounding;
        })).QuickCheckThrowOnFailure();
    }

    private static Quantizer EndBins(float minimum, float maximum, int bins) => new(new UniformBins(minimum, maximum, bins), OutsideValues.EndBins);
}
