using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Sweeping;

namespace Microsoft.ML.SoftPrompt.Tests.Sweeping;

public sealed class ParameterImportanceTests
{
    private static readonly SweepValues Base = new(20, 100, SweepScaling.All, 0.03, 0.01, SoftPromptPooling.Mean, null, 50, null);

    [Fact]
    public void The_spread_of_the_marginal_means_and_what_chance_gives()
    {
        var space = new SweepSpace { PromptLength = SweepParameter.Choice(5, 10), HeadLearningRate = SweepParameter.Range(0.001, 0.1, log: true), BinCount = SweepParameter.Choice(50, 100) };
        // The prompt's length decides; the head's rate rises evenly through both; the number of bins was always the same.
        SweepTrial[] trials = Enumerable.Range(0, 12).Select(i => Trial(i, Base with { PromptLength = i % 2 == 0 ? 5 : 10, HeadLearningRate = 0.001 * (i + 1) },
            (i % 2 == 0 ? 0.2 : 0.8) + 0.01 * (i / 2))).ToArray();

        IReadOnlyList<SweepImportance> found = ParameterImportance.Of(space, trials);

        found.Select(one => one.Parameter).Should().Equal("PromptLength", "HeadLearningRate");
        found[0].Spread.Should().BeApproximately(0.6, 1e-9);
        found[0].ChanceShare.Should().BeLessThan(0.02); // 2 of the 924 ways to choose 6 of 12
        found[0].Groups.Select(group => (group.Values, group.Trials)).Should().Equal(("5", 6), ("10", 6));
        found[0].Groups.Select(group => group.Mean).Should().SatisfyRespectively(mean => mean.Should().BeApproximately(0.225, 1e-9), mean => mean.Should().BeApproximately(0.825, 1e-9));
        // Thirds of 4 trials each: 0.5 and half of 0.01, 0.05 and 0.09.
        found[1].Groups.Select(group => (group.Values, group.Trials)).Should().Equal(("0.001 to 0.004", 4), ("0.005 to 0.008", 4), ("0.009 to 0.012", 4));
        found[1].Spread.Should().BeApproximately(0.04, 1e-9);
        found[1].ChanceShare.Should().BeGreaterThan(0.5);
    }

    private static SweepTrial Trial(int index, SweepValues values, double precision) => new(index + 1, values, SweepTrialStatus.Finished, 1,
        [new SweepRung(1, 1, new BinaryMetrics(1, 1, 1, 1, 0.5, precision))], [], null, [], TimeSpan.Zero);
}
