using Microsoft.ML.SoftPrompt.Sweeping;

namespace Microsoft.ML.SoftPrompt.Tests.Sweeping;

public sealed class SweepPlanTests
{
    [Theory]
    [InlineData(9, 40, 3, new[] { 5, 14, 40 })]       // 9 → 3 → 1
    [InlineData(20, 40, 3, new[] { 5, 14, 40 })]      // 20 → 6 → 2
    [InlineData(8, 8, 2, new[] { 1, 2, 4, 8 })]
    [InlineData(1000, 4, 2, new[] { 1, 2, 4 })]       // no round of less than an epoch
    [InlineData(2, 40, 3, new[] { 40 })]              // too few to halve
    public void Rounds_of_halving(int trials, int epochs, int rate, int[] rounds) => SweepPlan.HalvingRounds(trials, epochs, rate).Should().Equal(rounds);

    [Fact]
    public void A_larger_budget_begins_with_the_same_trials()
    {
        var options = SweepReadings.Options();
        IReadOnlyList<SweepValues> few = SweepPlan.Make(options).Trials;
        options.Trials = 30;
        IReadOnlyList<SweepValues> more = SweepPlan.Make(options).Trials;

        more.Take(3).Should().Equal(few);
        more.Should().OnlyHaveUniqueItems().And.HaveCount(30);
        options.Seed = 2;
        SweepPlan.Make(options).Trials.Should().NotContain(more);
    }

    [Fact]
    public void Draws_cover_their_space()
    {
        var space = new SweepSpace { WindowSize = SweepParameter.Range(3, 5), HeadLearningRate = SweepParameter.Range(0.001, 0.1, log: true), TSmoteRatio = SweepParameter.Choice<double?>(null, 1) };
        var random = new Random(1);
        SweepValues[] draws = Enumerable.Range(0, 3000).Select(_ => space.Draw(random)).ToArray();

        foreach (int size in new[] { 3, 4, 5 })
            draws.Count(values => values.WindowSize == size).Should().BeInRange(900, 1100); // 1000, and a standard deviation of 26
        draws.Count(values => values.HeadLearningRate < 0.01).Should().BeInRange(1400, 1600); // the middle of the logarithm
        draws.Should().OnlyContain(values => values.HeadLearningRate >= 0.001 && values.HeadLearningRate <= 0.1 && values.Stride == null && values.BinCount == 100);
        draws.Count(values => values.TSmoteRatio is null).Should().BeInRange(1400, 1600);
    }

    [Fact]
    public void A_small_space_is_used_up_and_a_grid_has_every_combination_once()
    {
        var options = SweepReadings.Options();
        options.Space = new SweepSpace { PromptLength = SweepParameter.Choice(1, 2), Pooling = SweepParameter.Choice(SoftPromptPooling.Mean, SoftPromptPooling.Last, SoftPromptPooling.Max) };
        options.Trials = 100;
        SweepPlan.Make(options).Trials.Should().OnlyHaveUniqueItems().And.HaveCount(6);

        (options.Strategy, options.Trials) = (SweepStrategy.Grid, null);
        SweepValues[] grid = [.. SweepPlan.Make(options).Trials];
        grid.Should().OnlyHaveUniqueItems().And.HaveCount(6);
        options.Trials = 4;
        SweepPlan.Make(options).Trials.Should().Equal(grid[..4]);
    }
}
