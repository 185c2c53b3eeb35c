using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Baselines;

public sealed class BoostedTreesMethodTests
{
    [Fact]
    public void One_split_is_that_worked_out_by_hand()
    {
        // Two normal series of value 0, two anomalous of value 1: p = 1/2 everywhere, so that g = ±1/2 and h = 1/4. On the mean's scale
        // the split lies at 0; each leaf has G = ∓1 and H = 1/2, a step of ±1 / (1/2 + 1), times the rate 0.3.
        LabeledSeries[] series = [Series(false, 0), Series(false, 0), Series(true, 1), Series(true, 1)];
        var method = new BoostedTreesMethod { Trees = 1, MinimumLeafSize = 2, LearningRate = 0.3, FeatureFraction = 1 };

        method.Fit(series, [], seed: 0).Score([Series(false, 0), Series(false, 1), Series(false, 0.49f), Series(false, 0.51f), Series(false, 99)])
            .Should().Equal(new[] { -0.2, 0.2, -0.2, 0.2, 0.2 }, (found, expected) => Math.Abs(found - expected) < 1e-9);
    }

    [Fact]
    public void Start_is_the_log_odds_where_nothing_splits()
    {
        LabeledSeries[] series = [Series(true, 1), Series(false, 1), Series(false, 1), Series(false, 1)];

        IAnomalyScorer scorer = new BoostedTreesMethod().Fit(series, [], seed: 0);

        scorer.Score([Series(false, 5)])[0].Should().BeApproximately(Math.Log(1 / 3.0), 1e-9);
    }

    [Fact]
    public void Separable_series_are_told_apart_and_order_changes_nothing()
    {
        LabeledSeries[] train = Draw(200, 1, late: 3), test = Draw(80, 2, late: 3);
        var method = new BoostedTreesMethod { Trees = 40 };

        IAnomalyScorer scorer = method.Fit(train, [], seed: 5);
        IReadOnlyList<double> scores = scorer.Score(test);

        Auroc(scores, test).Should().BeGreaterThan(0.97);
        LabeledSeries[] shuffled = train.ToArray();
        new Random(9).Shuffle(shuffled);
        method.Fit(shuffled, [], seed: 5).Score(test).Should().Equal(scores, "bit for bit");
        scorer.Score(test.Reverse().ToArray()).Should().Equal(scores.Reverse());
        method.Fit(train, [], seed: 6).Score(test).Should().NotEqual(scores);
    }

    [Fact]
    public void Of_noise_nothing_is_learned()
    {
        LabeledSeries[] test = Draw(2000, 2, late: 0);

        IAnomalyScorer scorer = new BoostedTreesMethod { Trees = 30 }.Fit(Draw(400, 1, late: 0), [], seed: 5);

        // The deviation of AUROC on 1000 + 1000 is √(2001 / (12 · 1000²)) = .013.
        Auroc(scorer.Score(test), test).Should().BeApproximately(0.5, 4 * 0.013);
    }

    [Fact]
    public void Validation_stops_at_the_start_where_labels_are_noise_and_goes_on_where_they_are_not()
    {
        LabeledSeries[] noise = Draw(200, 1, late: 0), separable = Draw(200, 1, late: 3);
        var method = new BoostedTreesMethod { Trees = 60 };

        Range(method.Fit(noise, Opposite(noise), seed: 5)).Should().Be(0, "every tree makes the opposite labels worse");
        Range(method.Fit(separable, Draw(100, 2, late: 3), seed: 5)).Should().BeGreaterThan(2);

        double Range(IAnomalyScorer scorer) => scorer.Score(separable) is var scores ? scores.Max() - scores.Min() : 0;

        static LabeledSeries[] Opposite(LabeledSeries[] series) => series.Select(s => s with { Labels = new[] { !s.Labels.Span[0] } }).ToArray();
    }

    [Fact]
    public void Values_are_found_by_their_neighbourhood()
    {
        // A value is anomalous where it stands out from its neighbours; levels differ by series, so the value alone says little.
        LabeledSeries[] train = Spikes(60, 1), test = Spikes(30, 2);

        IReadOnlyList<double> scores = new BoostedTreesMethod { Trees = 40 }.Fit(train, [], seed: 5).Score(test);

        bool[] labels = test.SelectMany(series => series.Labels.ToArray()).ToArray();
        scores.Should().HaveCount(labels.Length);
        RankMetrics.AveragePrecision(scores.ToArray(), labels).Should().BeGreaterThan(0.9);
    }

    [Theory]
    [InlineData(0, 0.1, 0.5)]
    [InlineData(1, double.NaN, 0.5)]
    [InlineData(1, 0.1, 1.5)]
    public void Settings_out_of_range_are_refused(int trees, double rate, double features)
    {
        Action fit = () => new BoostedTreesMethod { Trees = trees, LearningRate = rate, FeatureFraction = features }.Fit(Draw(4, 1, late: 0), [], seed: 0);

        fit.Should().Throw<ArgumentOutOfRangeException>();
    }

    /// <summary>Normal noise of 4 to 30 values, some missing; the second half of every other series is higher.</summary>
    private static LabeledSeries[] Draw(int count, int seed, float late)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(i =>
        {
            int length = random.Next(4, 31);
            float[] values = Enumerable.Range(0, length).Select(t => random.Next(15) == 0 ? float.NaN : Noise(random) + (i % 2 == 0 && t >= length / 2 ? late : 0)).ToArray();
            return new LabeledSeries(values, new[] { i % 2 == 0 });
        }).ToArray();
    }

    private static LabeledSeries[] Spikes(int count, int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ =>
        {
            float level = 20 * random.NextSingle();
            bool[] labels = Enumerable.Range(0, 40).Select(_ => random.Next(25) == 0).ToArray();
            return new LabeledSeries(Array.ConvertAll(labels, label => level + Noise(random) + (label ? 6 : 0)), labels);
        }).ToArray();
    }

    private static float Noise(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private static double Auroc(IReadOnlyList<double> scores, LabeledSeries[] series) =>
        RankMetrics.AreaUnderRoc(scores.ToArray(), series.Select(s => s.Labels.Span[0]).ToArray());

    private static LabeledSeries Series(bool label, params float[] values) => new(values, new[] { label });
}
