namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

public sealed class PValueTests
{
    // What is left of a double's digits after the logarithms of gamma functions of half a million.
    private const double Tolerance = 1e-9;

    [Theory]
    // I(n / (n + F); n/2, 1/2) by mpmath with 60 digits.
    [InlineData(1, 25.0, 0.12566591637800237)]
    [InlineData(2, 1e12, 9.999999999985e-13)]
    [InlineData(5, 1e-06, 0.99924078677219765)]
    [InlineData(9, 1e+30, 5.0917940742140353e-132)]
    [InlineData(98, 4.0, 0.048267771949367595)]
    [InlineData(98, 1e6, 2.9732561890194199e-198)]
    [InlineData(998, 100.0, 1.6745889963853006e-22)]
    [InlineData(9998, 16.0, 6.3798760311208561e-5)]
    [InlineData(9998, 1500.0, 7.2243515646501693e-306)]
    [InlineData(99998, 1e-06, 0.99920211756692768)]
    [InlineData(999998, 25.0, 5.7339978728237433e-7)]
    [InlineData(999998, 1390.0, 5.0738625251369548e-304)]
    public void Tails_keep_their_digits(double degreesOfFreedom, double f, double expected) =>
        PValue.OfF(f, degreesOfFreedom).Should().BeApproximately(expected, Tolerance * expected);

    [Fact]
    public void Ends_are_one_and_zero()
    {
        PValue.OfF(0, 5).Should().Be(1);
        PValue.OfF(double.PositiveInfinity, 5).Should().Be(0);
        PValue.OfF(double.NaN, 5).Should().Be(double.NaN);
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(0.999999)]
    [InlineData(1.0)]
    [InlineData(30)]
    [InlineData(1e15)]
    public void Two_degrees_of_freedom_have_a_closed_form(double f)
    {
        // 1 − √(F / (F + 2)), without the cancellation.
        double expected = 2 / (f + 2) / (1 + Math.Sqrt(f / (f + 2)));

        PValue.OfF(f, 2).Should().BeApproximately(expected, 1e-13 * expected);
    }
}
