namespace Microsoft.ML.SoftPrompt.Evaluation;

public sealed class SeriesControlsTests
{
    [Fact]
    public void Mean_and_deviation_are_those_of_the_population() =>
        // The textbook's 2 4 4 4 5 5 7 9: mean 5, squares 32, 32 / 8 = 4.
        SeriesControls.MeanAndDeviation([2, 4, 4, float.NaN, 4, 5, 5, 7, 9]).Should().Be((5, 2));

    [Fact]
    public void Mean_of_nothing_is_refused()
    {
        Action compute = () => SeriesControls.MeanAndDeviation([float.NaN]);

        compute.Should().Throw<ArgumentException>().WithMessage("There are no values besides missing ones*");
    }

    [Theory]
    [InlineData(new float[] { 1, 3, -6, 4 }, 1, 2, 3.5)]
    [InlineData(new float[] { 1, float.NaN, 2 }, 1, 2, 0.5)]
    [InlineData(new float[] { float.NaN }, 1, 2, 0)]
    [InlineData(new float[] { 1, 1 }, 1, 0, 0)]
    [InlineData(new float[] { 1, 1.5f }, 1, 0, double.MaxValue)]
    public void Largest_z_score_is_the_farthest_value_in_deviations(float[] values, double mean, double deviation, double expected) =>
        SeriesControls.LargestZScore(values, mean, deviation).Should().Be(expected);

    [Fact]
    public void Negative_deviation_is_refused()
    {
        Action compute = () => SeriesControls.LargestZScore([1], 0, -1);

        compute.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_mean_that_is_not_finite_is_refused(double mean)
    {
        Action compute = () => SeriesControls.LargestZScore([1], mean, 1);

        compute.Should().Throw<ArgumentOutOfRangeException>().WithParameterName(nameof(mean));
    }

    [Theory]
    [InlineData(new float[] { 1, 4, 2, 2 }, 3)]
    [InlineData(new float[] { 1, float.NaN, 7, 6 }, 6)]
    [InlineData(new float[] { 5 }, 0)]
    [InlineData(new float[] { float.NaN, float.NaN }, 0)]
    [InlineData(new float[] { -float.MaxValue, float.MaxValue }, 2.0 * float.MaxValue)]
    public void Largest_jump_is_between_values_that_are_present(float[] values, double expected) =>
        SeriesControls.LargestJump(values).Should().Be(expected);
}
