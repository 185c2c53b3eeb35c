namespace Microsoft.ML.SoftPrompt.Baselines;

public sealed class ControlMethodsTests
{
    private const float Missing = float.NaN;

    /// <summary>Of group a the mean is 5 and the deviation 2; of group b 10 and 0; of both together (40 + 20) / 10 = 6, √(32 + 8 + 32) / 10) = √7.2.</summary>
    private static readonly LabeledSeries[] Training = [Series([2, 4, 4, 4, 5, 5, 7, 9], "a"), Series([10, Missing, 10], "b")];

    [Fact]
    public void Z_score_is_in_deviations_of_the_own_group()
    {
        IAnomalyScorer scorer = new LargestZScoreMethod().Fit(Training, [], seed: 0);

        scorer.Score([Series([8, 5, 1], "a"), Series([10, Missing], "b"), Series([11], "b")]).Should().Equal(2, 0, double.MaxValue);
        scorer.Score([Series([6, 9], "unseen")])[0].Should().BeApproximately(3 / Math.Sqrt(7.2), 1e-12);
        scorer.Score([PointSeries([8, Missing, 1], "a")]).Should().Equal(1.5, 0, 2);
    }

    [Fact]
    public void Z_score_without_groups_is_in_deviations_of_all() =>
        new LargestZScoreMethod { ByGroup = false }.Fit(Training, [], seed: 0).Score([Series([9], "a")])[0].Should().BeApproximately(3 / Math.Sqrt(7.2), 1e-12);

    [Fact]
    public void Jump_is_from_the_last_value_present_in_deviations_of_the_own_group()
    {
        IAnomalyScorer scorer = new LargestJumpMethod().Fit(Training, [], seed: 0);

        scorer.Score([Series([8, Missing, 1, 2], "a"), Series([10, 12], "b"), Series([3], "a")]).Should().Equal(3.5, 2, 0);
        scorer.Score([PointSeries([8, Missing, 1, 2], "a")]).Should().Equal(0, 0, 3.5, 0.5);
    }

    [Fact]
    public void Length_counts_missing_values() =>
        new SeriesLengthMethod().Fit(Training, [], seed: 0).Score([Series([1, Missing, 3]), Series([1])]).Should().Equal(3, 1);

    [Fact]
    public void Length_has_no_score_for_a_value()
    {
        Action fit = () => new SeriesLengthMethod().Fit([PointSeries([1, 2])], [], seed: 0);

        fit.Should().Throw<NotSupportedException>();
    }

    public static TheoryData<LabeledSeries[], string> Malformed => new()
    {
        { [], "There are no training series*" },
        { [Series([])], "*number 0 * has no values*" },
        { [Series([1]), null!], "*number 1 (from 0) is null; expected a series.*" },
        { [Series([1]), new LabeledSeries(new float[] { 1, 2, 3 }, new bool[2])], "*number 1 * has 2 labels for 3 values*" },
        { [PointSeries([1, 2]), Series([1, 2])], "*number 1 * has 1 labels for 2 values; expected one a value*" },
        { [Series([1, float.PositiveInfinity])], "*holds ∞ as value 1*" },
        { [Series([1, 2]) with { Times = new double[] { 1 } }], "*1 times for 2 values*" },
        { [Series([1, 2]) with { Times = new double[] { 1, 0.5 } }], "*time 0.5 at value 1 (from 0), after 1*" },
        { [Series([Missing])], "All values of the 1 training series are missing*" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Malformed_series_are_refused(LabeledSeries[] training, string message)
    {
        Action fit = () => new LargestZScoreMethod().Fit(training, [], seed: 0);

        fit.Should().Throw<ArgumentException>().WithMessage(message.Replace("∞", float.PositiveInfinity.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    private static LabeledSeries Series(float[] values, string group = "") => new(values, new bool[1]) { Group = group };

    private static LabeledSeries PointSeries(float[] values, string group = "") => new(values, new bool[values.Length]) { Group = group };
}
