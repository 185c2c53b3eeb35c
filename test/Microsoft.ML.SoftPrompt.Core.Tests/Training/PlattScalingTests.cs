using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Training;

public sealed class PlattScalingTests
{
    [Fact]
    public void Two_scores_get_the_means_of_their_targets()
    {
        // Three anomalies (target 4/5) and five normal items (1/7). Score 0 has one and four of them, score 2 two and one; two parameters fit
        // two means, so σ(b) = (4/5 + 4 · 1/7) / 5 = 48/175 and σ(2a + b) = (2 · 4/5 + 1/7) / 3 = 61/105.
        PlattScaling fit = PlattScaling.Fit([0, 0, 0, 0, 0, 2, 2, 2], [true, false, false, false, false, true, true, false]);

        double offset = Math.Log(48.0 / 127);
        fit.Offset.Should().BeApproximately(offset, 1e-9);
        fit.Slope.Should().BeApproximately((Math.Log(61.0 / 44) - offset) / 2, 1e-9);
        fit.ToProbability(0).Should().BeApproximately(48.0 / 175, 1e-9);
        fit.ToProbability(2).Should().BeApproximately(61.0 / 105, 1e-9);
    }

    [Fact]
    public void Likelihood_is_at_its_maximum()
    {
        Gen<(int, bool)[]> items = (from s in Gen.Choose(-300, 300) from y in Gen.Elements(true, false) select (s, y)).NonEmptyListOf()
            .Select(l => l.Append((10, true)).Append((-20, false)).ToArray());

        Prop.ForAll(items.ToArbitrary(), (Func<(int Score, bool Label)[], bool>)(list =>
        {
            double[] scores = list.Select(i => i.Score / 10.0).ToArray();
            bool[] labels = list.Select(i => i.Label).ToArray();
            PlattScaling fit = PlattScaling.Fit(scores, labels);
            double positives = labels.Count(y => y), negatives = labels.Length - positives;
            double[] residuals = scores.Zip(labels, (z, y) => fit.ToProbability(z) - (y ? (positives + 1) / (positives + 2) : 1 / (negatives + 2))).ToArray();
            return Math.Abs(residuals.Sum()) < 1e-6 && Math.Abs(residuals.Zip(scores, (r, z) => r * z).Sum()) < 1e-5;
        })).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1e-3)]
    [InlineData(1e3)]
    public void Separable_scores_of_any_size_have_a_finite_fit(double size)
    {
        PlattScaling fit = PlattScaling.Fit([-2 * size, -size, size, 2 * size], [false, false, true, true]);

        fit.Slope.Should().BePositive();
        double.IsFinite(fit.Slope).Should().BeTrue();
        (fit.ToProbability(2 * size) + fit.ToProbability(-2 * size)).Should().BeApproximately(1, 1e-6);
    }

    [Fact]
    public void Scores_that_rank_the_wrong_way_round_have_a_falling_fit() =>
        PlattScaling.Fit([1, 2, 3, 4], [true, true, false, false]).Slope.Should().BeNegative();

    [Fact]
    public void Probability_goes_back_to_its_score()
    {
        var scaling = new PlattScaling(0.5, -1);

        scaling.ToScore(scaling.ToProbability(3)).Should().BeApproximately(3, 1e-12);
        PlattScaling.None.ToScore(0.5).Should().Be(0);
        PlattScaling.None.ToProbability(Math.Log(3)).Should().BeApproximately(0.75, 1e-15);
    }
}
