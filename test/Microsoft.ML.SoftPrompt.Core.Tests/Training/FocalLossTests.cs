namespace Microsoft.ML.SoftPrompt.Training;

public sealed class FocalLossTests
{
    private static readonly double[] s_logits = [-1e4, -700, -40, -36, -7, -1, -0.1, 0, 0.3, 2, 9, 36, 40, 700, 1e4];

    [Fact]
    public void Plain_settings_are_the_cross_entropy_bit_for_bit()
    {
        foreach (double z in s_logits)
            foreach (double y in new[] { 0.0, 1.0 })
            {
                new FocalLoss(1, 0).Loss(z, y).Should().Be(BinaryCrossEntropy.Loss(z, y));
                new FocalLoss(1, 0).Gradient(z, y).Should().Be(BinaryCrossEntropy.Gradient(z, y));
            }
    }

    [Theory]
    // p = σ(ln 3) = 0.75: −w 0.25² ln 0.75 for the anomaly, −0.75² ln 0.25 for the rest.
    [InlineData(1, 3 * 0.0625 * 0.287682072451781)]
    [InlineData(0, 0.5625 * 1.386294361119891)]
    public void Loss_has_its_closed_form(double label, double expected) =>
        new FocalLoss(3, 2).Loss(Math.Log(3), label).Should().BeApproximately(expected, 1e-14);

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(1, 2)]
    [InlineData(4, 5)]
    [InlineData(0.1, 1)]
    public void Gradient_is_that_of_finite_differences(double positiveClassWeight, double gamma)
    {
        var loss = new FocalLoss(positiveClassWeight, gamma);
        for (double z = -6; z <= 6; z += 0.37)
            foreach (double y in new[] { 0.0, 1.0 })
            {
                const double H = 1.0 / 256;
                double difference = (8 * (loss.Loss(z + H, y) - loss.Loss(z - H, y)) - (loss.Loss(z + 2 * H, y) - loss.Loss(z - 2 * H, y))) / (12 * H);
                loss.Gradient(z, y).Should().BeApproximately(difference, 1e-8, $"at {z} with label {y}");
            }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(2)]
    [InlineData(50)]
    public void Far_logits_stay_finite(double gamma)
    {
        var loss = new FocalLoss(3, gamma);
        foreach (double z in s_logits)
            foreach (double y in new[] { 0.0, 1.0 })
            {
                loss.Loss(z, y).Should().BeGreaterThanOrEqualTo(0).And.BeLessThanOrEqualTo(3e4);
                Math.Abs(loss.Gradient(z, y)).Should().BeLessThanOrEqualTo(3 * (1 + gamma));
            }
        loss.Loss(-1e4, 1).Should().Be(3e4);
        loss.Gradient(-1e4, 1).Should().Be(-3);
    }
}
