namespace Microsoft.ML.SoftPrompt.Evaluation;

public sealed class GroupBootstrapTests
{
    private static readonly string[] s_twoGroups = ["a", "b", "b"];
    private static readonly double[] s_values = [0, 3, 9];

    [Fact]
    public void Groups_are_drawn_whole_with_replacement()
    {
        var seen = new HashSet<string>();

        BootstrapInterval interval = GroupBootstrap.Interval(s_twoGroups, items =>
        {
            seen.Add(string.Join(' ', items));
            return Mean(items);
        });

        // Two draws of a group: a a, a b, b a, b b, and all items as they are.
        seen.Should().BeEquivalentTo(["0 0", "0 1 2", "1 2 0", "1 2 1 2"]);
        // A quarter of the draws is 0 and a quarter 6, so the limits of 95 % are these.
        interval.Should().Be(new BootstrapInterval(4, 0, 6, 0));
    }

    [Fact]
    public void Limits_are_the_percentiles_of_the_draws()
    {
        var drawn = new List<double>();
        string[] groups = [.. Enumerable.Range(0, 7).Select(i => $"group {i}")];

        BootstrapInterval interval = GroupBootstrap.Interval(groups, items =>
        {
            drawn.Add(items.Sum(item => item * item));
            return drawn[^1];
        }, draws: 101, level: 0.8, seed: 3);

        // The first call is the estimate. Of 101 sorted draws the tenth and ninetieth percentiles are the eleventh and the 91st.
        double[] sorted = [.. drawn.Skip(1).Order()];
        interval.Estimate.Should().Be(0 + 1 + 4 + 9 + 16 + 25 + 36);
        interval.Low.Should().BeApproximately(sorted[10], 1e-9);
        interval.High.Should().BeApproximately(sorted[90], 1e-9);
    }

    [Fact]
    public void The_interval_of_a_mean_is_as_wide_as_its_standard_error_says()
    {
        // 200 groups: the mean's standard error is known, and 95 % of a normal distribution lie within 1.96 of them. That every item is
        // there four times changes nothing; drawn item by item the interval would be half as wide.
        var random = new Random(5);
        double[] values = [.. Enumerable.Range(0, 200).Select(_ => random.NextDouble())];
        double mean = values.Average(), error = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) / values.Length);
        string[] groups = [.. Enumerable.Range(0, 800).Select(i => $"{i / 4}")];

        BootstrapInterval interval = GroupBootstrap.Interval(groups, items => items.Average(item => values[item / 4]));

        interval.Estimate.Should().BeApproximately(mean, 1e-12);
        // The 2.5th percentile of 2,000 draws has a standard error of about 0.06 of the mean's.
        ((interval.Estimate - interval.Low) / error).Should().BeApproximately(1.96, 0.2);
        ((interval.High - interval.Estimate) / error).Should().BeApproximately(1.96, 0.2);
    }

    [Fact]
    public void A_difference_is_paired()
    {
        // The second detector is always worse by 1, whatever is drawn.
        GroupBootstrap.Difference(s_twoGroups, Mean, items => Mean(items) - 1).Should().Be(new BootstrapInterval(1, 1, 1, 0));
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval_and_another_another()
    {
        string[] groups = [.. Enumerable.Range(0, 50).Select(i => $"{i}")];
        BootstrapInterval Of(int seed) => GroupBootstrap.Interval(groups, items => items.Average(item => Math.Sqrt(item)), draws: 200, seed: seed);

        Of(1).Should().Be(Of(1)).And.NotBe(Of(2));
    }

    [Fact]
    public void Runs_are_drawn_too_and_share_the_groups_drawn()
    {
        string[][] groups = [["a", "b"], ["b", "a"]];
        double[][] values = [[0, 10], [110, 100]];
        var drawnTogether = new List<string[]>();

        BootstrapInterval interval = GroupBootstrap.Interval(groups, (run, items) =>
        {
            drawnTogether.Add([.. items.Select(item => groups[run][item])]);
            return items.Average(item => values[run][item]);
        });

        interval.Estimate.Should().Be((5 + 105) / 2.0);
        // One run alone is half of the draws, and all groups alike half: the extremes are 1/16 of the draws each.
        (interval.Low, interval.High).Should().Be((0, 110));
        // A draw with both runs asks for both, one after the other, and with the same groups.
        drawnTogether.Skip(2).Should().OnlyContain(names => names.Length == 2);
    }

    [Fact]
    public void Draws_without_a_value_are_left_out_and_counted()
    {
        // Without an anomaly, which only group a has, average precision does not exist: a quarter of the draws.
        bool[] labels = [true, false, false];

        BootstrapInterval interval = GroupBootstrap.Interval(s_twoGroups, items =>
            RankMetrics.AveragePrecision([.. items.Select(item => s_values[item])], [.. items.Select(item => labels[item])]));

        interval.Undefined.Should().BeInRange(400, 600);
        (interval.Estimate, interval.Low, interval.High).Should().Be((1 / 3.0, 1 / 3.0, 1));
    }

    [Fact]
    public void One_group_says_nothing_of_others()
    {
        GroupBootstrap.Interval(["a", "a"], Mean).Should().Be(new BootstrapInterval(1.5, double.NaN, double.NaN, 0));
    }

    [Fact]
    public void Malformed_input_is_refused()
    {
        Action empty = () => GroupBootstrap.Interval([], Mean);
        Action run = () => GroupBootstrap.Interval([["a"], []], (_, items) => Mean(items));
        Action draws = () => GroupBootstrap.Interval(s_twoGroups, Mean, draws: 0);
        Action level = () => GroupBootstrap.Difference(s_twoGroups, Mean, Mean, level: 95);
        Action cancelled = () => GroupBootstrap.Interval(s_twoGroups, Mean, cancellation: new CancellationToken(canceled: true));

        empty.Should().Throw<ArgumentException>().WithMessage("There are no items*");
        run.Should().Throw<ArgumentException>().WithMessage("Run 1 has no items*");
        draws.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("draws");
        level.Should().Throw<ArgumentOutOfRangeException>().WithMessage("The share of the draws between the limits must be above 0 and below 1.*");
        cancelled.Should().Throw<OperationCanceledException>();
    }

    private static double Mean(int[] items) => items.Average(item => s_values[item]);
}
