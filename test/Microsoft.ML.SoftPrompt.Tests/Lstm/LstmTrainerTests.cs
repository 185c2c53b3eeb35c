using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Lstm;

public sealed class LstmTrainerTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void It_learns_to_tell_series_apart()
    {
        var options = ToyLstm.Options(epochs: 20);
        options.ValidationFraction = 0.2;

        var model = _ml.AnomalyDetection.Trainers.Lstm(options).Fit(View(ToySeries.Windows(150)));

        _ml.BinaryClassification.EvaluateNonCalibrated(model.Transform(View(ToySeries.Windows(60, seed: 2)))).AreaUnderPrecisionRecallCurve.Should().BeGreaterThan(0.9);
        model.Model.TrainingHistory.Should().HaveCount(20);
        model.Model.ValidationNote.Should().Contain("150 rows", "the ends of five hosts validate");
        double?[] precisions = model.Model.TrainingHistory.Select(epoch => epoch.ValidationAveragePrecision).ToArray();
        precisions[model.Model.BestEpoch - 1].Should().Be(precisions.Max());
        (model.Model.HiddenSize, model.Model.Layers, model.Model.LabelsPoints).Should().Be((10, 2, false));
        // Two layers of 4 · 10 gates, each with two biases, on 2 and on 10 inputs, and a head.
        model.Model.ParameterCount.Should().Be(40 * (2 + 10 + 2) + 40 * (10 + 10 + 2) + 11);
    }

    [Fact]
    public void It_is_the_method_of_the_comparisons()
    {
        var windows = ToySeries.Windows(40);
        LabeledSeries[] series = ToyLstm.Timed(windows).Select(w => new LabeledSeries(w.Series, new[] { w.Label }) { Group = w.Host, Times = Array.ConvertAll(w.Time, t => t - w.Time[0]) }).ToArray();

        var model = _ml.AnomalyDetection.Trainers.Lstm(ToyLstm.Options(timeColumnName: "Time")).Fit(_ml.Data.LoadFromEnumerable(ToyLstm.Timed(windows)));

        var method = new LstmMethod { HiddenSize = 10, Epochs = 2, BatchSize = 8, LearningRate = 0.02 }.Fit(series, [], seed: 1);
        var answers = _ml.Data.CreateEnumerable<Answer>(model.Transform(_ml.Data.LoadFromEnumerable(ToyLstm.Timed(windows))), reuseRowObject: false).ToArray();
        answers.Select(a => (double)a.Score).Should().Equal(method.Score(series));
        answers.Should().OnlyContain(a => a.PredictedLabel == a.Score > model.Model.ScoreThreshold && Math.Abs(a.Probability - 1 / (1 + Math.Exp(-a.Score))) < 1e-6);
    }

    [Fact]
    public void Blocks_of_rows_score_as_single_rows_do()
    {
        // More rows than a block has, of different lengths.
        TimedWindow[] windows = ToyLstm.Timed(Enumerable.Range(0, 320).Select(i => ToySeries.Windows(1, seed: i, length: 5 + i % 30)[0]).ToArray());
        var model = _ml.AnomalyDetection.Trainers.Lstm(ToyLstm.Options(timeColumnName: "Time")).Fit(_ml.Data.LoadFromEnumerable(ToyLstm.Timed(ToySeries.Windows(20))));
        using var engine = _ml.Model.CreatePredictionEngine<TimedWindow, Answer>(model);

        var answers = _ml.Data.CreateEnumerable<Answer>(model.Transform(_ml.Data.LoadFromEnumerable(windows)), reuseRowObject: false).ToArray();

        answers.Select(a => a.Score).Should().Equal(windows.Select(w => engine.Predict(w).Score), "bit for bit");
        windows[300].Series[2] = float.PositiveInfinity;
        Func<float[]> score = () => model.Transform(_ml.Data.LoadFromEnumerable(windows)).GetColumn<float>("Score").ToArray();
        score.Should().Throw<InvalidOperationException>().WithMessage("The series in column 'Series', row 300 (from 0), holds * as value 2*");
    }

    [Fact]
    public void It_learns_to_label_points()
    {
        var options = ToyLstm.Options(epochs: 15, groupColumnName: null);
        var view = _ml.Data.LoadFromEnumerable(ToySeries.PointWindows(90));

        var answers = _ml.Data.CreateEnumerable<PointAnswer>(_ml.BinaryClassification.Trainers.Lstm(options).Fit(view).Transform(view), reuseRowObject: false).ToArray();

        bool[] labels = ToySeries.PointWindows(90).SelectMany(w => w.Label).ToArray();
        Evaluation.RankMetrics.AveragePrecision(answers.SelectMany(a => a.Score).Select(s => (double)s).ToArray(), labels).Should().BeGreaterThan(0.95);
        answers.Should().OnlyContain(a => a.Score.Length == ToySeries.Length && a.PredictedLabel.Length == ToySeries.Length && a.Probability.Length == ToySeries.Length);
    }

    [Fact]
    public void Validation_data_of_the_callers_and_progress_are_heard()
    {
        var progress = new List<TrainingProgress>();
        var options = ToyLstm.Options(epochs: 3);
        options.Progress = new Listener(progress);

        var model = _ml.AnomalyDetection.Trainers.Lstm(options).Fit(View(ToySeries.Windows(40)), View(ToySeries.Windows(30, seed: 3)));

        model.Model.ValidationNote.Should().Contain("30 rows of the validation data given");
        model.Model.ValidationMetrics!.Count.Should().Be(30);
        progress.Should().HaveCount(3 * 5);
        progress[^1].EstimatedRemaining.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Balanced_rows_train_and_original_ones_validate()
    {
        var chain = _ml.Transforms.BalanceTSmote("Series").Append(_ml.AnomalyDetection.Trainers.Lstm(ToyLstm.Options())).Fit(View(ToySeries.Windows(60)));

        chain.LastTransformer.Model.ValidationNote.Should().Contain("of them synthetic").And.Contain("BalanceTSmote held out validate");
    }

    [Fact]
    public void It_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        var options = ToyLstm.Options(epochs: 1000);
        (options.CancellationToken, options.Progress) = (source.Token, new Listener([], source.Cancel));

        Action fit = () => _ml.AnomalyDetection.Trainers.Lstm(options).Fit(View(ToySeries.Windows(40)));

        fit.Should().Throw<OperationCanceledException>();
    }

    [Theory]
    [InlineData("Label", "Tokens", null, "*series column 'Tokens' is not in the data*")]
    [InlineData("Host", "Series", null, "*label column 'Host' is String*")]
    [InlineData("Label", "Label", null, "*series column 'Label' is Boolean; expected a vector of Single*")]
    [InlineData("Label", "Series", "Host", "*time column 'Host' is String; expected a vector of Single or Double*")]
    public void Columns_that_do_not_fit_are_named(string label, string features, string? time, string message)
    {
        var trainer = _ml.AnomalyDetection.Trainers.Lstm(label, features, time);

        Action fit = () => trainer.Fit(View(ToySeries.Windows(8)));

        fit.Should().Throw<ArgumentOutOfRangeException>().WithMessage(message);
    }

    [Fact]
    public void Rows_that_do_not_fit_are_named()
    {
        Fit(w => w.Series[3] = float.PositiveInfinity).Should().Throw<InvalidOperationException>().WithMessage("The series in column 'Series', row 2 (from 0), holds * as value 3*");
        Fit(w => w.Series = []).Should().Throw<InvalidOperationException>().WithMessage("*row 2 (from 0)*");
        Fit(w => w.Time = [1, 2]).Should().Throw<InvalidOperationException>().WithMessage("Row 2 (from 0) has 12 values in column 'Series' and 2 times in column 'Time'*");
        Fit(w => Array.Reverse(w.Time)).Should().Throw<InvalidOperationException>().WithMessage("*has the time * at value 1 (from 0)*");

        Action Fit(Action<TimedWindow> change)
        {
            var windows = ToyLstm.Timed(ToySeries.Windows(6));
            change(windows[2]);
            return () => _ml.AnomalyDetection.Trainers.Lstm(ToyLstm.Options(timeColumnName: "Time")).Fit(_ml.Data.LoadFromEnumerable(windows));
        }
    }

    [Fact]
    public void A_group_that_no_file_can_keep_is_refused()
    {
        Window[] windows = ToySeries.Windows(6);
        windows[4].Host = "\ud800";

        Action fit = () => _ml.AnomalyDetection.Trainers.Lstm(ToyLstm.Options()).Fit(View(windows));

        fit.Should().Throw<InvalidOperationException>().WithMessage("*group column 'Host' holds half a surrogate pair in row 4 *");
    }

    [Fact]
    public void One_class_is_refused()
    {
        Action fit = () => _ml.AnomalyDetection.Trainers.Lstm(ToyLstm.Options()).Fit(View(ToySeries.Windows(9).Where(w => !w.Label).ToArray()));

        fit.Should().Throw<InvalidOperationException>().WithMessage("*do not hold both classes: all labels are normal*");
    }

    [Fact]
    public void All_faults_of_the_options_are_told_at_once()
    {
        Action make = () => _ml.AnomalyDetection.Trainers.Lstm(new LstmAnomalyTrainer.Options { HiddenSize = 0, Layers = 9, MaxEpochs = 0, BatchSize = 0, LearningRate = double.NaN, ValidationFraction = 1, TimeColumnName = "" });

        make.Should().Throw<ArgumentException>().WithMessage("*HiddenSize is 0*Layers is 9*MaxEpochs is 0*BatchSize is 0*LearningRate is NaN*ValidationFraction is 1*")
            .WithMessage("*TimeColumnName is empty*");
    }

    private IDataView View(Window[] windows) => _ml.Data.LoadFromEnumerable(windows);

    private sealed class Listener(List<TrainingProgress> heard, Action? then = null) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            heard.Add(value);
            then?.Invoke();
        }
    }
}
