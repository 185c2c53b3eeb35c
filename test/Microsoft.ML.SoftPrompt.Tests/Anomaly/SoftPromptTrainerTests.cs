using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Persistence;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Tests.Anomaly;

[Collection(nameof(SchedulerThreads))]
public sealed class SoftPromptTrainerTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void It_learns_to_tell_series_apart()
    {
        var train = View(ToySeries.Windows(120));
        var test = View(ToySeries.Windows(60, seed: 2));

        var model = Pipeline(ToySeries.Options(epochs: 15)).Fit(train);

        _ml.BinaryClassification.EvaluateNonCalibrated(model.Transform(test)).AreaUnderPrecisionRecallCurve.Should().BeGreaterThan(0.9);
        model.LastTransformer.Model.TrainingHistory.Should().HaveCount(15);
        model.LastTransformer.Model.ValidationNote.Should().Contain("the last 24 of 120 rows");
    }

    [Fact]
    public void It_learns_to_label_points()
    {
        var options = ToySeries.Options(epochs: 25);
        options.ValidationFraction = 0;
        var view = _ml.Data.LoadFromEnumerable(ToySeries.PointWindows(90));

        var scored = Pipeline(options).Fit(view).Transform(view);

        var answers = _ml.Data.CreateEnumerable<PointAnswer>(scored, reuseRowObject: false).ToArray();
        var labels = ToySeries.PointWindows(90).SelectMany(w => w.Label).ToArray();
        Evaluation.RankMetrics.AveragePrecision(answers.SelectMany(a => a.Score).Select(s => (double)s).ToArray(), labels).Should().BeGreaterThan(0.95);
        answers.Should().OnlyContain(a => a.Score.Length == ToySeries.Length && a.PredictedLabel.Length == ToySeries.Length && a.Probability.Length == ToySeries.Length);
    }

    [Fact]
    public void The_outputs_belong_together()
    {
        var view = View(ToySeries.Windows(30));
        var model = Pipeline(ToySeries.Options(epochs: 2)).Fit(view);
        float threshold = model.LastTransformer.Model.ScoreThreshold;

        foreach (var answer in Answers(model, view))
        {
            answer.PredictedLabel.Should().Be(answer.Score > threshold);
            answer.Probability.Should().BeApproximately(1 / (1 + MathF.Exp(-answer.Score)), 1e-6f);
        }
    }

    [Fact]
    public void It_stands_on_both_catalogs_and_gives_the_same_model()
    {
        var view = _ml.Transforms.QuantizeSeries("Tokens", "Series").Fit(View(ToySeries.Windows(30))).Transform(View(ToySeries.Windows(30)));

        var anomaly = _ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(1)).Fit(view);
        var binary = _ml.BinaryClassification.Trainers.SoftPrompt(ToySeries.Options(1)).Fit(view);

        binary.Model.Prompt.ToArray().Should().Equal(anomaly.Model.Prompt.ToArray());
    }

    [Fact]
    public void The_same_seed_gives_the_same_model_bit_for_bit_on_one_thread_or_two()
    {
        var view = View(ToySeries.Windows(40));
        int threads = Scheduler.MaxThreads;
        try
        {
            Scheduler.MaxThreads = 1;
            var one = Pipeline(ToySeries.Options(3)).Fit(view);
            Scheduler.MaxThreads = 2;
            var two = Pipeline(ToySeries.Options(3)).Fit(view);

            two.LastTransformer.Model.Prompt.ToArray().Should().Equal(one.LastTransformer.Model.Prompt.ToArray());
            Answers(two, view).Select(a => a.Score).Should().Equal(Answers(one, view).Select(a => a.Score));
        }
        finally
        {
            Scheduler.MaxThreads = threads;
        }
    }

    [Fact]
    public void An_engine_answers_bit_for_bit_as_a_transformed_view()
    {
        var windows = ToySeries.Windows(40);
        var view = View(windows);
        var model = Pipeline(ToySeries.Options(2)).Fit(view);
        using var engine = _ml.Model.CreatePredictionEngine<Query, Answer>(model);

        var together = Answers(model, view);

        for (int i = 0; i < windows.Length; i++)
            engine.Predict(new Query { Host = windows[i].Host, Series = windows[i].Series }).Score.Should().Be(together[i].Score);
    }

    [Fact]
    public void Scoring_does_not_ask_for_labels()
    {
        var model = Pipeline(ToySeries.Options(1)).Fit(View(ToySeries.Windows(30)));

        var view = _ml.Data.LoadFromEnumerable(ToySeries.Windows(3).Select(w => new Query { Host = w.Host, Series = w.Series }));

        Answers(model, view).Should().HaveCount(3);
    }

    [Fact]
    public void A_given_validation_set_chooses_the_epoch()
    {
        var quantizer = _ml.Transforms.QuantizeSeries("Tokens", "Series").Fit(View(ToySeries.Windows(40)));

        var model = _ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(4))
            .Fit(quantizer.Transform(View(ToySeries.Windows(40))), quantizer.Transform(View(ToySeries.Windows(30, seed: 3)))).Model;

        model.ValidationNote.Should().Contain("30 rows of the validation data given");
        model.BestEpoch.Should().Be(1 + model.TrainingHistory.Select(e => e.ValidationAveragePrecision).ToList().IndexOf(model.TrainingHistory.Max(e => e.ValidationAveragePrecision)));
        model.ValidationMetrics!.Count.Should().Be(30);
    }

    [Fact]
    public void A_sampling_key_holds_out_whole_groups()
    {
        var options = ToySeries.Options(1);
        options.SamplingKeyColumnName = "Host";

        var model = Pipeline(options).Fit(View(ToySeries.Windows(60)));

        model.LastTransformer.Model.ValidationNote.Should().Contain("1 of 5 groups").And.Contain("12 rows");
    }

    [Fact]
    public void Without_an_anomaly_in_validation_all_rows_train_and_the_threshold_is_a_half()
    {
        var windows = ToySeries.Windows(40);
        foreach (var window in windows.TakeLast(8))
            window.Label = false;

        var model = Pipeline(ToySeries.Options(2)).Fit(View(windows)).LastTransformer.Model;

        model.ValidationNote.Should().Contain("has no anomaly").And.Contain("all rows train");
        (model.DecisionThreshold, model.BestEpoch).Should().Be((0.5, 2));
    }

    [Fact]
    public void Progress_is_told_after_every_batch()
    {
        var reports = new List<TrainingProgress>();
        var options = ToySeries.Options(2);
        options.ValidationFraction = 0;
        options.Progress = new Synchronous(reports.Add);

        Pipeline(options).Fit(View(ToySeries.Windows(20)));

        reports.Select(r => (r.Epoch, r.Batch)).Should().Equal((1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3));
    }

    [Fact]
    public void Cancellation_stops_within_a_batch()
    {
        using var source = new CancellationTokenSource();
        var options = ToySeries.Options(1000);
        options.CancellationToken = source.Token;
        options.Progress = new Synchronous(_ => source.Cancel());

        FluentActions.Invoking(() => Pipeline(options).Fit(View(ToySeries.Windows(20)))).Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void The_contexts_cancellation_stops_too()
    {
        var options = ToySeries.Options(1000);
        // ML.NET cancels a context through an internal interface (AutoML does).
        var environment = MLNetInternals.GetEnvironment(_ml.Data);
        var cancel = environment.GetType().GetInterface("Microsoft.ML.Runtime.ICancelable")!.GetMethod("CancelExecution")!;
        options.Progress = new Synchronous(_ => cancel.Invoke(environment, null));

        FluentActions.Invoking(() => Pipeline(options).Fit(View(ToySeries.Windows(20)))).Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void The_promised_schema_is_the_one_that_comes()
    {
        var view = View(ToySeries.Windows(30));

        var schema = Pipeline(ToySeries.Options(1)).Fit(view).Transform(view).Schema;

        schema["PredictedLabel"].Type.Should().Be(BooleanDataViewType.Instance);
        schema["Score"].Type.Should().Be(NumberDataViewType.Single);
        schema["Probability"].Type.Should().Be(NumberDataViewType.Single);
    }

    private EstimatorChain<SoftPromptAnomalyTransformer> Pipeline(SoftPromptAnomalyTrainer.Options options) =>
        _ml.Transforms.QuantizeSeries("Tokens", "Series", binCount: 10).Append(_ml.AnomalyDetection.Trainers.SoftPrompt(options));

    private IDataView View(Window[] windows) => _ml.Data.LoadFromEnumerable(windows);

    private Answer[] Answers(ITransformer model, IDataView view) => _ml.Data.CreateEnumerable<Answer>(model.Transform(view), reuseRowObject: false).ToArray();

    private sealed class Synchronous(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
