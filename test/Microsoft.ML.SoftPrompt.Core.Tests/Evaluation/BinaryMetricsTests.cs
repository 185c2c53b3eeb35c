namespace Microsoft.ML.SoftPrompt.Evaluation;

public sealed class BinaryMetricsTests
{
    [Fact]
    public void Counts_and_ratios_are_those_worked_out_by_hand()
    {
        BinaryMetrics metrics = BinaryMetrics.Compute([3, 2, 1, 0, -1], [true, false, true, false, false], threshold: 1);

        // Flagged are 3 and 2; the 1 is not strictly above the threshold.
        metrics.Should().BeEquivalentTo(new { TruePositives = 1, FalsePositives = 1, TrueNegatives = 2, FalseNegatives = 1, Count = 5 });
        metrics.Accuracy.Should().Be(0.6);
        metrics.Precision.Should().Be(0.5);
        metrics.Recall.Should().Be(0.5);
        metrics.F1.Should().Be(0.5);
    }

    [Fact]
    public void Ratios_without_a_value_are_zero()
    {
        BinaryMetrics metrics = BinaryMetrics.Compute([1, 2], [false, false], threshold: 5);

        (metrics.Precision, metrics.Recall, metrics.F1, metrics.Accuracy).Should().Be((0, 0, 0, 1));
    }

    [Fact]
    public void Threshold_that_is_no_number_is_refused()
    {
        Action compute = () => BinaryMetrics.Compute([1], [true], double.NaN);

        compute.Should().Throw<ArgumentException>().WithMessage("The threshold is NaN*");
    }
}
