namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

public sealed class DoubleDoubleTests
{
    [Fact]
    public void Sums_keep_what_doubles_lose() =>
        ((double)((DoubleDouble)1e16 + 1 - 1e16)).Should().Be(1);

    [Fact]
    public void Products_keep_what_doubles_lose()
    {
        double x = 1 + Math.ScaleB(1, -40);

        // (1 + u)² − 1 − 2u = u².
        ((double)((DoubleDouble)x * x - 1 - Math.ScaleB(1, -39))).Should().Be(Math.ScaleB(1, -80));
    }

    [Fact]
    public void A_difference_of_rounding_alone_is_zero()
    {
        DoubleDouble third = 0;
        for (int i = 0; i < 1000; i++)
            third += 1.0 / 3;

        ((double)DoubleDouble.Difference(third * third, 1000 * (DoubleDouble)(1.0 / 3) * third)).Should().Be(0);
        ((double)DoubleDouble.Difference(1, 1 - 1e-16)).Should().BePositive();
    }
}
