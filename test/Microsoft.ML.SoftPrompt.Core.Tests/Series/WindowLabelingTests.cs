namespace Microsoft.ML.SoftPrompt.Series;

public sealed class WindowLabelingTests
{
    [Theory]
    [InlineData(WindowLabelRule.Any, 0, "0010", true)]
    [InlineData(WindowLabelRule.Any, 0, "0000", false)]
    [InlineData(WindowLabelRule.Last, 0, "0010", false)]
    [InlineData(WindowLabelRule.Last, 0, "0001", true)]
    [InlineData(WindowLabelRule.Fraction, 0.25, "0010", true)] // at the threshold
    [InlineData(WindowLabelRule.Fraction, 0.26, "0010", false)]
    [InlineData(WindowLabelRule.Fraction, 1, "1111", true)]
    [InlineData(WindowLabelRule.Fraction, 1, "1110", false)]
    public void A_window_is_anomalous_by_its_rule(WindowLabelRule rule, double fraction, string readings, bool expected) =>
        new WindowLabeling(rule, fraction).IsAnomalous(readings.Select(c => c == '1').ToArray()).Should().Be(expected);

    [Fact]
    public void A_threshold_in_decimals_is_met_by_just_that_many()
    {
        for (int count = 1; count <= 100; count++)
        {
            bool[] readings = Enumerable.Range(0, 100).Select(i => i < count).ToArray();

            new WindowLabeling(WindowLabelRule.Fraction, count / 100.0).IsAnomalous(readings).Should().BeTrue();
            new WindowLabeling(WindowLabelRule.Fraction, count / 100.0).IsAnomalous(readings.AsSpan(1)).Should().Be(count == 100, "{0} of 99", count - 1);
        }
    }
}
