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
        var quantizer = new Quantizer(new ValueRange(0, 10), 5);

        quantizer.Quantize(value, out bool outside).Should().Be(token);
        outside.Should().Be(isOutside);
    }

    [Fact]
    public void Series_are_quantized_in_place_order_and_outsiders_counted()
    {
        var tokens = new uint[4];

        new Quantizer(new ValueRange(0, 1), 100).Quantize([0.5f, float.NaN, 2, -3], tokens).Should().Be(2);

        tokens.Should().Equal(51, 0, 100, 1);
    }

    [Theory]
    [InlineData(5f, 6u, false)] // of bins 0 … 9 the middle one is 10 / 2 = 5, token 6
    [InlineData(4.9f, 1u, true)]
    [InlineData(5.1f, 10u, true)]
    public void Constant_range_puts_its_value_into_the_middle(float value, uint token, bool isOutside)
    {
        var quantizer = new Quantizer(new ValueRange(5, 5), 10);

        quantizer.Quantize(value, out bool outside).Should().Be(token);
        outside.Should().Be(isOutside);
    }

    [Fact]
    public void Widest_range_of_singles_does_not_overflow()
    {
        var quantizer = new Quantizer(new ValueRange(-float.MaxValue, float.MaxValue), 4);

        quantizer.Quantize(-float.MaxValue, out _).Should().Be(1);
        quantizer.Quantize(0, out _).Should().Be(3);
        quantizer.Quantize(float.MaxValue, out _).Should().Be(4);
    }

    [Fact]
    public void Narrowest_range_of_singles_keeps_its_ends_apart()
    {
        var quantizer = new Quantizer(new ValueRange(0, float.Epsilon), 2000);

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
            var quantizer = new Quantizer(new ValueRange(-1000 / 7f, 1000 / 7f), bins);
            uint low = quantizer.Quantize(Math.Min(a, b) / 7f, out _);
            uint high = quantizer.Quantize(Math.Max(a, b) / 7f, out _);
            return 1 <= low && low <= high && high <= bins;
        })).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2001)]
    public void Bin_counts_out_of_range_are_refused(int bins)
    {
        Action make = () => _ = new Quantizer(new ValueRange(0, 1), bins);

        make.Should().Throw<ArgumentOutOfRangeException>().WithMessage($"The number of bins is {bins}; it must be 2 to 2000.*");
    }

    [Fact]
    public void Range_without_values_is_refused()
    {
        Action make = () => _ = new Quantizer(ValueRange.Empty, 10);

        make.Should().Throw<ArgumentException>().WithMessage("*at least one value and finite limits*");
    }
}
