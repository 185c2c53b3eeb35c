using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Explaining;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Explaining;

public sealed class ExplainTests(ExplainedModels models) : IClassFixture<ExplainedModels>
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    public void A_spike_is_the_value_that_lifts_most(int at)
    {
        var window = ExplainedModels.Quiet(seed: 99);
        window.Series[at] = ExplainedModels.SpikeLevel;

        var values = _ml.AnomalyDetection.Explain(models.Series, View(window))[0];

        var top = values.MaxBy(value => value.Lift)!;
        (top.Step, top.Count).Should().Be((at, 1));
        top.Lift.Should().BeGreaterThan(0);
        values.Select(value => value.Step).Should().Equal(Enumerable.Range(0, ToySeries.Length));
    }

    [Fact]
    public void Progress_tells_how_many_windows_are_explained_and_cancellation_ends_it()
    {
        var windows = Enumerable.Range(0, 20).Select(i => ExplainedModels.Quiet(seed: i)).ToArray();
        var heard = new Counts();
        _ml.AnomalyDetection.Explain(models.Series, View(windows), heard);
        heard.All.Should().Equal(16, 20);

        using var source = new CancellationTokenSource();
        var stopped = new Counts { OnReport = source.Cancel };
        FluentActions.Invoking(() => _ml.AnomalyDetection.Explain(models.Series, View(windows), stopped, cancellationToken: source.Token)).Should().Throw<OperationCanceledException>();
        stopped.All.Should().Equal(16);
    }

    private sealed class Counts : IProgress<int>
    {
        public List<int> All { get; } = [];

        public Action? OnReport { get; init; }

        public void Report(int value)
        {
            All.Add(value);
            OnReport?.Invoke();
        }
    }

    [Fact]
    public void It_equals_occlusion_by_hand_through_the_whole_model()
    {
        var window = models.Windows[0];
        // Of 12 values two lie below the lower quartile, and two above the upper one.
        float[] sorted = [.. window.Series.Order()];
        float[] Probabilities(float quartile) => Answers(models.Series, Enumerable.Range(0, window.Series.Length).Select(step =>
        {
            float[] series = [.. window.Series];
            series[step] = quartile;
            return new Window { Host = window.Host, Series = series };
        }).ToArray()).Select(answer => answer.Probability).ToArray();

        var values = _ml.AnomalyDetection.Explain(models.Series, View(window))[0];

        ((float)values[0].Probability).Should().Be(Answers(models.Series, window)[0].Probability);
        values.Select(value => (float)value.ProbabilityWithout).Should().Equal(Probabilities(sorted[2]).Zip(Probabilities(sorted[^3]), MathF.Min));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_loaded_model_explains_windows_together_as_the_fitted_one_does_one_by_one(bool points)
    {
        var model = points ? models.Points : models.Series;
        var loaded = Loaded(model);

        var together = _ml.AnomalyDetection.Explain(loaded, View(models.Windows));

        together.Should().HaveCount(models.Windows.Length).And.HaveCountGreaterThan(2 * 16);
        for (int i = 0; i < together.Count; i++)
            together[i].Should().Equal(_ml.AnomalyDetection.Explain(model, View(models.Windows[i]))[0]);
    }

    [Fact]
    public async Task Several_threads_may_explain_with_one_model()
    {
        var expected = _ml.AnomalyDetection.Explain(models.Series, View(models.Windows), width: 3);

        var found = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => new MLContext().AnomalyDetection.Explain(models.Series, View(models.Windows), width: 3))));

        foreach (var one in found)
            one.SelectMany(values => values).Should().Equal(expected.SelectMany(values => values));
    }

    [Fact]
    public void A_model_of_labels_a_value_explains_its_highest_one_or_those_named()
    {
        var windows = models.Windows[..3];
        var answers = _ml.Data.CreateEnumerable<PointAnswer>(models.Points.Transform(View(windows)), reuseRowObject: false).ToArray();

        var highest = _ml.AnomalyDetection.Explain(models.Points, View(windows));
        var named = _ml.AnomalyDetection.Explain(models.Points, View(windows), points: [4, 0, 11]);

        for (int i = 0; i < windows.Length; i++)
        {
            int at = Array.IndexOf(answers[i].Probability, answers[i].Probability.Max()), point = new[] { 4, 0, 11 }[i];
            highest[i].Should().OnlyContain(value => value.Point == at && (float)value.Probability == answers[i].Probability[at]);
            named[i].Should().OnlyContain(value => value.Point == point && (float)value.Probability == answers[i].Probability[point]);
        }
    }

    [Fact]
    public void Missing_values_are_explained_like_others()
    {
        var window = ExplainedModels.Quiet(seed: 99);
        window.Series[2] = float.NaN;
        window.Series[7] = ExplainedModels.SpikeLevel;

        var values = _ml.AnomalyDetection.Explain(models.Series, View(window))[0];

        values.MaxBy(value => value.Lift)!.Step.Should().Be(7);
        values[2].Lift.Should().NotBe(0, "a missing value is replaced too");
    }

    [Fact]
    public void Stages_before_the_quantizer_have_their_say_and_a_detector_alone_takes_tokens()
    {
        var view = View(models.Windows[0]);
        var chain = (IEnumerable<ITransformer>)models.Series;
        var renamed = _ml.Transforms.CopyColumns("Other", "Series").Fit(view);
        var nested = new TransformerChain<ITransformer>(renamed, models.Series);

        var expected = _ml.AnomalyDetection.Explain(models.Series, view)[0];

        _ml.AnomalyDetection.Explain(nested, view)[0].Should().Equal(expected);
        _ml.AnomalyDetection.Explain(chain.Last(), chain.First().Transform(view))[0].Should().Equal(expected);
    }

    [Fact]
    public void Stages_behind_the_detector_have_no_part()
    {
        var view = View(models.Windows[0]);
        var chain = (IEnumerable<ITransformer>)models.Series;
        var scored = models.Series.Transform(view);
        // The same name with the keys of another quantization.
        var other = _ml.Transforms.QuantizeSeries("Tokens", "Series", binCount: 4).Fit(scored);
        var expected = _ml.AnomalyDetection.Explain(models.Series, view)[0];

        foreach (ITransformer behind in new ITransformer[] { _ml.Transforms.CopyColumns("Tokens", "Score").Fit(scored), other })
        {
            _ml.AnomalyDetection.Explain(new TransformerChain<ITransformer>([.. chain, behind]), view)[0].Should().Equal(expected);
            _ml.AnomalyDetection.Explain(new TransformerChain<ITransformer>(models.Series, behind), view)[0].Should().Equal(expected, "a chain may be nested");
            _ml.AnomalyDetection.Explain(Loaded(new TransformerChain<ITransformer>(models.Series, behind)), view)[0].Should().Equal(expected);
        }
    }

    [Fact]
    public void Stages_that_are_not_for_scoring_have_no_part()
    {
        var view = View(models.Windows[0]);
        var chain = ((IEnumerable<ITransformer>)models.Series).ToArray();
        // Of the label, which the windows do not have.
        var training = _ml.Transforms.CopyColumns("Copy", "Label").Fit(_ml.Data.LoadFromEnumerable(models.Windows));
        var model = new TransformerChain<ITransformer>([training, .. chain], [TransformerScope.TrainTest, .. chain.Select(_ => TransformerScope.Everything)]);

        _ml.AnomalyDetection.Explain(model, view)[0].Should().Equal(_ml.AnomalyDetection.Explain(models.Series, view)[0]);
    }

    [Fact]
    public void Too_few_points_are_refused_at_the_first_row_without_one()
    {
        int read = 0;
        var windows = _ml.Data.LoadFromEnumerable(models.Windows.Select(window =>
        {
            read++;
            return new Query { Host = window.Host, Series = window.Series };
        }));

        FluentActions.Invoking(() => _ml.AnomalyDetection.Explain(models.Points, windows, points: [0])).Should().Throw<ArgumentException>().WithMessage("*none for row 1*");

        read.Should().BeLessThan(10);
    }

    [Fact]
    public void First_values_that_the_backbone_has_no_room_for_are_not_listed()
    {
        var options = ToySeries.Options(epochs: 1);
        options.TruncateLongSeries = true;
        var windows = ToySeries.Windows(20, length: 70);
        var model = Pipeline(options).Fit(_ml.Data.LoadFromEnumerable(windows));

        // 64 positions, 5 of the prompt: the last 59 of 70 values.
        var values = _ml.AnomalyDetection.Explain(model, View(windows[0]))[0];

        values.Select(value => value.Step).Should().Equal(Enumerable.Range(11, 59));
    }

    [Fact]
    public void No_windows_have_no_explanations() => _ml.AnomalyDetection.Explain(models.Series, View()).Should().BeEmpty();

    [Fact]
    public void What_cannot_be_explained_is_refused()
    {
        var view = View(models.Windows[..2]);
        FluentActions.Invoking(() => _ml.AnomalyDetection.Explain(((IEnumerable<ITransformer>)models.Series).First(), view)).Should().Throw<ArgumentException>()
            .WithMessage("The model is QuantizingTransformer and holds no SoftPromptAnomalyTransformer; expected a model fitted with SoftPrompt*");
        FluentActions.Invoking(() => _ml.AnomalyDetection.Explain(models.Series, view, width: 0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*at least 1*");
        FluentActions.Invoking(() => _ml.AnomalyDetection.Explain(models.Series, view, stride: 2)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*at most the width 1*");
        FluentActions.Invoking(() => _ml.AnomalyDetection.Explain(models.Series, view, points: [0, 1])).Should().Throw<ArgumentException>().WithMessage("The model labels whole series*");
        FluentActions.Invoking(() => _ml.AnomalyDetection.Explain(models.Points, view, points: [0])).Should().Throw<ArgumentException>().WithMessage("There are 1 points, and none for row 1 (from 0); expected one a row*");
        FluentActions.Invoking(() => _ml.AnomalyDetection.Explain(models.Points, view, points: [0, 1, 2])).Should().Throw<ArgumentException>().WithMessage("There are 3 points for 2 rows*");
        FluentActions.Invoking(() => _ml.AnomalyDetection.Explain(models.Points, view, points: [0, 12])).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("The point of row 1 (from 0) is 12, and the model scores the row's values 0 to 11*");
        FluentActions.Invoking(() => _ml.AnomalyDetection.Explain(models.Series, view, cancellationToken: new CancellationToken(canceled: true))).Should().Throw<OperationCanceledException>();
        FluentActions.Invoking(() => _ml.AnomalyDetection.Explain(models.Series, View(new Window { Host = "a", Series = [] }))).Should().Throw<InvalidOperationException>().WithMessage("*row 0*no values*");
    }

    private EstimatorChain<SoftPromptAnomalyTransformer> Pipeline(SoftPromptAnomalyTrainer.Options options) =>
        _ml.Transforms.QuantizeSeries("Tokens", "Series", binCount: 10).Append(_ml.AnomalyDetection.Trainers.SoftPrompt(options));

    private IDataView View(params Window[] windows) => _ml.Data.LoadFromEnumerable(windows.Select(window => new Query { Host = window.Host, Series = window.Series }));

    private Answer[] Answers(ITransformer model, params Window[] windows) => _ml.Data.CreateEnumerable<Answer>(model.Transform(View(windows)), reuseRowObject: false).ToArray();

    private ITransformer Loaded(ITransformer model)
    {
        using var file = new MemoryStream();
        _ml.Model.Save(model, View(models.Windows[0]).Schema, file);
        return new MLContext().Model.Load(new MemoryStream(file.ToArray()), out _);
    }
}

/// <summary>Two small detectors of spikes, trained once.</summary>
public sealed class ExplainedModels
{
    public const float SpikeLevel = 1;

    public ExplainedModels()
    {
        var ml = new MLContext(seed: 1);
        Windows = Enumerable.Range(0, 90).Select(i =>
        {
            var window = Quiet(i);
            window.Label = i % 2 == 0;
            if (window.Label)
                window.Series[i / 2 % ToySeries.Length] = SpikeLevel;
            return window;
        }).ToArray();
        var options = ToySeries.Options(epochs: 15);
        options.ValidationFraction = 0;
        var estimator = ml.Transforms.QuantizeSeries("Tokens", "Series", binCount: 10).Append(ml.AnomalyDetection.Trainers.SoftPrompt(options));
        Series = estimator.Fit(ml.Data.LoadFromEnumerable(Windows));
        Points = estimator.Fit(ml.Data.LoadFromEnumerable(Windows.Select(window => new PointWindow { Series = window.Series, Label = window.Series.Select(value => value == SpikeLevel).ToArray() })));
    }

    internal Window[] Windows { get; }

    /// <summary>Labels a series.</summary>
    public ITransformer Series { get; }

    /// <summary>Labels every value.</summary>
    public ITransformer Points { get; }

    /// <summary>A window without a spike.</summary>
    internal static Window Quiet(int seed)
    {
        var random = new Random(seed);
        return new Window { Host = "a", Series = Enumerable.Range(0, ToySeries.Length).Select(_ => (float)random.NextDouble() * 0.5f).ToArray() };
    }
}
