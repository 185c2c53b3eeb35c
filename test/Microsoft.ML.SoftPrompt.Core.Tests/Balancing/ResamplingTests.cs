namespace Microsoft.ML.SoftPrompt.Balancing;

public sealed class ResamplingTests
{
    [Theory]
    [InlineData(new double[] { 0, 2, 4 }, 5, new double[] { 0, 1, 2, 3, 4 })]
    [InlineData(new double[] { 0, 1, 2, 3, 4 }, 3, new double[] { 0, 2, 4 })]
    [InlineData(new double[] { 1, 5, 3 }, 2, new double[] { 1, 3 })]
    [InlineData(new double[] { 4, 8 }, 1, new double[] { 6 })]
    [InlineData(new double[] { 7 }, 3, new double[] { 7, 7, 7 })]
    [InlineData(new double[] { 0, double.NaN, 4 }, 5, new double[] { 0, double.NaN, double.NaN, double.NaN, 4 })]
    public void Values_lie_at_equal_steps_on_the_lines_between_values(double[] series, int length, double[] expected) =>
        Resampling.ToLength(series, length).Should().Equal(expected);

    [Fact]
    public void Of_two_middle_lengths_the_shorter_is_the_median()
    {
        double[][] series = [[1, 2, 3, 4, 5, 6, 7], [1, 2], [1, 2, 3], [1, 2, 3, 4, 5]];

        var resampled = Resampling.ToMedianLength(series.Select((values, i) => new RowSeries(i, values)).ToArray());

        resampled.Should().OnlyContain(item => item.Values.Length == 3);
        resampled[0].Values.Should().Equal(1, 4, 7);
    }
}
