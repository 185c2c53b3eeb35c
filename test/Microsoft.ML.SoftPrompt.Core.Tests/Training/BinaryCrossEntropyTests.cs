namespace Microsoft.ML.SoftPrompt.Training;

public sealed class BinaryCrossEntropyTests
{
    [Theory]
    [InlineData(0, 0, 0.693147180559945, 0.5)]
    [InlineData(0, 1, 0.693147180559945, -0.5)]
    [InlineData(2, 1, 0.126928011042972, -0.119202922022118)] // ln(1 + e^−2), −1 / (1 + e^2)
    [InlineData(2, 0, 2.126928011042972, 0.880797077977882)]
    [InlineData(1000, 0, 1000, 1)]
    [InlineData(-1000, 1, 1000, -1)]
    [InlineData(1000, 1, 0, 0)]
    public void Loss_and_gradient_have_their_closed_form(double logit, double label, double loss, double gradient)
    {
        BinaryCrossEntropy.Loss(logit, label).Should().BeApproximately(loss, 1e-14);
        BinaryCrossEntropy.Gradient(logit, label).Should().BeApproximately(gradient, 1e-14);
    }
}
