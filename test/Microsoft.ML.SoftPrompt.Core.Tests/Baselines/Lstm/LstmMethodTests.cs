using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Baselines;

public sealed class LstmMethodTests
{
    [Fact]
    public void A_late_bump_is_found_and_the_same_seed_gives_the_same_scores()
    {
        LabeledSeries[] train = Bumps(160, 1, points: false), test = Bumps(60, 2, points: false);
        var method = new LstmMethod { HiddenSize = 16, Epochs = 15, LearningRate = 1e-2 };

        FittedLstm fitted = method.Fit(train, [], seed: 3);

        Auroc(fitted.Score(test), test).Should().BeGreaterThan(0.95);
        fitted.History.Should().HaveCount(15);
        fitted.History[^1].TrainLoss.Should().BeLessThan(fitted.History[0].TrainLoss / 2);
        fitted.BestEpoch.Should().Be(15, "without validation the last epoch is kept");
        method.Fit(train, [], seed: 3).Score(test).Should().Equal(fitted.Score(test));
        method.Fit(train, [], seed: 4).Score(test).Should().NotEqual(fitted.Score(test));
    }

    [Fact]
    public void Values_are_labelled_one_by_one_and_validation_chooses_the_epoch()
    {
        LabeledSeries[] train = Bumps(120, 1, points: true), validation = Bumps(40, 2, points: true);

        FittedLstm fitted = new LstmMethod { HiddenSize = 12, Epochs = 12, BatchSize = 8, LearningRate = 1e-2 }.Fit(train, validation, seed: 3);

        fitted.Score(validation).Should().HaveCount(validation.Sum(series => series.Values.Length));
        double[] precisions = fitted.History.Select(epoch => epoch.ValidationAveragePrecision!.Value).ToArray();
        precisions[fitted.BestEpoch - 1].Should().Be(precisions.Max());
        RankMetrics.AveragePrecision(fitted.Score(validation).ToArray(), validation.SelectMany(series => series.Labels.ToArray()).ToArray()).Should().BeApproximately(precisions.Max(), 1e-12);
        precisions.Max().Should().BeGreaterThan(0.9);
    }

    [Fact]
    public void Scale_of_a_group_changes_nothing()
    {
        LabeledSeries[] train = Bumps(60, 1, points: false), test = Bumps(10, 2, points: false);
        // Times 1024: no digit changes.
        LabeledSeries[] scaled = [.. train, .. train.Select(series => Scale(series))];

        FittedLstm fitted = new LstmMethod { HiddenSize = 8, Epochs = 2 }.Fit(scaled, [], seed: 3);

        fitted.Score(test.Select(Scale).ToArray()).Should().Equal(fitted.Score(test));

        static LabeledSeries Scale(LabeledSeries series) => series with { Group = "scaled", Values = Array.ConvertAll(series.Values.ToArray(), value => 1024 * value) };
    }

    [Fact]
    public void A_series_without_a_group_is_named()
    {
        LabeledSeries[] series = Bumps(8, 1, points: false);
        FittedLstm fitted = new LstmMethod { HiddenSize = 2, Epochs = 1 }.Fit(series, [], seed: 0);
        series[5] = series[5] with { Group = null! };

        Action fit = () => new LstmMethod().Fit(series, [], seed: 0), score = () => fitted.Score(series);

        fit.Should().Throw<ArgumentException>().WithMessage("Of the training series, number 5 (from 0) has null as its group*");
        score.Should().Throw<ArgumentException>().WithMessage("Of the series, number 5 (from 0) has null as its group*");
    }

    [Fact]
    public void One_class_is_refused()
    {
        Action fit = () => new LstmMethod().Fit([new LabeledSeries(new float[] { 1 }, new bool[1])], [], seed: 0);

        fit.Should().Throw<ArgumentException>().WithMessage("*do not hold both classes: all labels are normal*");
    }

    [Fact]
    public void Other_labels_than_those_of_the_training_are_refused()
    {
        FittedLstm fitted = new LstmMethod { HiddenSize = 2, Epochs = 1 }.Fit(Bumps(8, 1, points: false), [], seed: 0);

        Action score = () => fitted.Score(Bumps(1, 1, points: true));

        score.Should().Throw<ArgumentException>().WithMessage("*expected one a series*");
    }

    [Theory]
    [InlineData(0, 10, 1e-3)]
    [InlineData(8, 0, 1e-3)]
    [InlineData(8, 10, double.NaN)]
    public void Settings_out_of_range_are_refused(int hidden, int epochs, double rate)
    {
        Action fit = () => new LstmMethod { HiddenSize = hidden, Epochs = epochs, LearningRate = rate }.Fit(Bumps(8, 1, points: false), [], seed: 0);

        fit.Should().Throw<ArgumentOutOfRangeException>();
    }

    /// <summary>Noise of 5 to 20 values; every other series has one value 4 higher, after which come at most five.</summary>
    private static LabeledSeries[] Bumps(int count, int seed, bool points)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(i =>
        {
            float[] values = Enumerable.Range(0, random.Next(5, 21)).Select(_ => random.NextSingle()).ToArray();
            var labels = new bool[values.Length];
            if (i % 2 == 0)
            {
                int at = values.Length - random.Next(1, 6);
                values[at] += 4;
                labels[at] = true;
            }
            if (i % 7 == 0)
                values[0] = float.NaN;
            return new LabeledSeries(values, points ? labels : [i % 2 == 0]);
        }).ToArray();
    }

    private static double Auroc(IReadOnlyList<double> scores, LabeledSeries[] series) =>
        RankMetrics.AreaUnderRoc(scores.ToArray(), series.Select(s => s.Labels.Span[0]).ToArray());
}
