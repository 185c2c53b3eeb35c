using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Baselines;

public class SeriesTextTests
{
    [Theory]
    [InlineData(12f, "12")]
    [InlineData(0.05f, "0.05")]
    [InlineData(-1.25f, "-1.25")]
    [InlineData(12345.678f, "12350")]
    [InlineData(0.123449f, "0.1234")]
    [InlineData(0.99999f, "1")]
    [InlineData(-0f, "0")]
    [InlineData(1.2344e-7f, "1.234E-07")]
    [InlineData(3e20f, "3E+20")]
    [InlineData(float.NaN, "missing")]
    public void A_value_is_rounded_to_four_significant_digits(float value, string written) => SeriesText.Write(value).Should().Be(written);

    [Fact]
    public void Values_stand_in_their_order_whatever_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var decimalComma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        decimalComma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = decimalComma;
        try
        {
            SeriesText.Write([1.5f, float.NaN, -2]).Should().Be("1.5, missing, -2");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void What_is_written_lies_within_half_a_unit_of_the_last_digit()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<float>().Filter(float.IsFinite), value =>
        {
            double read = double.Parse(SeriesText.Write(value), CultureInfo.InvariantCulture);
            return Math.Abs(read - value) <= 5.001e-4 * Math.Abs((double)value);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void An_infinite_value_is_refused(float value)
    {
        Action write = () => SeriesText.Write([1, value]);
        write.Should().Throw<ArgumentOutOfRangeException>().WithMessage("A series holds an infinite value; expected finite numbers*");
    }
}
