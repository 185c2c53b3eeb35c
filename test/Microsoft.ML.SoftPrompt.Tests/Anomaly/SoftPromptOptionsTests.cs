using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Tests.Anomaly;

/// <summary>What the trainer's options do, and what the fitted transformer says of it.</summary>
public sealed class SoftPromptOptionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("softprompt-").FullName;
    private readonly MLContext _ml = new(seed: 1);
    private readonly IDataView _train;

    public SoftPromptOptionsTests() => _train = Quantize(ToySeries.Windows(40));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0, SoftPromptPooling.Mean)]
    [InlineData(0, SoftPromptPooling.First)]
    [InlineData(5, SoftPromptPooling.Max)]
    public void A_head_alone_and_every_pooling_answer_the_same_after_a_round_through_a_file(int promptLength, SoftPromptPooling pooling)
    {
        var model = Fit(o => (o.PromptLength, o.Pooling) = (promptLength, pooling));

        var loaded = SaveAndLoad(model);

        (loaded.Model.PromptLength, loaded.Model.Prompt.Length, loaded.Model.Pooling).Should().Be((promptLength, promptLength * loaded.Model.HiddenSize, pooling));
        Answers(loaded).Select(a => a.Score).Should().Equal(Answers(model).Select(a => a.Score)).And.OnlyContain(s => float.IsFinite(s));
    }

    [Theory]
    [InlineData("gpt2", 5)]
    [InlineData("llama", 0)]
    public void The_first_position_of_a_decoder_is_refused(string family, int promptLength) =>
        FluentActions.Invoking(() => Fit(o => (o.BackbonePath, o.PromptLength, o.Pooling) = (Golden.PathOf("backbones/" + family), promptLength, SoftPromptPooling.First)))
            .Should().Throw<InvalidOperationException>().WithMessage($"Pooling is First, and {family} ({family}) is a decoder: *Choose Last, Mean or Max*");

    [Fact]
    public void A_model_without_a_tokenizer_is_refused() =>
        FluentActions.Invoking(() => Fit(o => o.BackbonePath = Golden.PathOf("backbones/llama")))
            .Should().Throw<InvalidOperationException>().WithMessage("The backbone llama came without a tokenizer*put its tokenizer files beside its weights.");

    [Fact]
    public void A_calibrated_model_says_so_and_keeps_scores_and_labels()
    {
        var plain = Fit(_ => { });
        var calibrated = SaveAndLoad(Fit(o => o.Calibration = SoftPromptCalibration.Platt));

        (plain.Model.IsCalibrated, plain.Model.CalibrationSlope, plain.Model.CalibrationOffset).Should().Be((false, 1, 0));
        calibrated.Model.IsCalibrated.Should().BeTrue();
        (double a, double b) = (calibrated.Model.CalibrationSlope, calibrated.Model.CalibrationOffset);
        foreach ((Answer with, Answer without) in Answers(calibrated).Zip(Answers(plain)))
        {
            (with.Score, with.PredictedLabel).Should().Be((without.Score, without.PredictedLabel));
            with.Probability.Should().BeApproximately((float)(1 / (1 + Math.Exp(-(a * with.Score + b)))), 1e-6f);
            ((float)calibrated.Model.ToProbability(with.Score)).Should().Be(with.Probability);
        }
        calibrated.Model.DecisionThreshold.Should().BeApproximately(1 / (1 + Math.Exp(-(a * calibrated.Model.ScoreThreshold + b))), 1e-12);
    }

    [Fact]
    public void Calibration_without_validation_is_refused() =>
        FluentActions.Invoking(() => Fit(o => (o.Calibration, o.ValidationFraction) = (SoftPromptCalibration.Platt, 0)))
            .Should().Throw<InvalidOperationException>().WithMessage("The probability cannot be calibrated: no row validates.*");

    [Theory]
    [InlineData(SoftPromptCalibration.None)]
    [InlineData(SoftPromptCalibration.Platt)]
    public void Another_threshold_gives_another_transformer(SoftPromptCalibration calibration)
    {
        var model = Fit(o => o.Calibration = calibration);
        float before = model.Model.ScoreThreshold;
        double median = Answers(model).Select(a => (double)a.Probability).Order().ElementAt(20);

        var moved = SaveAndLoad(model.WithThreshold(median));

        moved.Model.DecisionThreshold.Should().BeApproximately(median, 1e-6);
        model.Model.ScoreThreshold.Should().Be(before);
        (moved.Model.BestEpoch, moved.Model.ValidationMetrics, moved.Model.IsCalibrated).Should().Be((model.Model.BestEpoch, model.Model.ValidationMetrics, model.Model.IsCalibrated));
        foreach ((Answer now, Answer then) in Answers(moved).Zip(Answers(model)))
        {
            (now.Score, now.Probability).Should().Be((then.Score, then.Probability));
            now.PredictedLabel.Should().Be(now.Score > moved.Model.ScoreThreshold);
        }
        Answers(moved).Count(a => a.PredictedLabel).Should().BeInRange(18, 20);
    }

    [Fact]
    public void A_threshold_can_be_a_score()
    {
        var model = Fit(_ => { });

        model.WithScoreThreshold(-1000).Model.ScoreThreshold.Should().Be(-1000);
        Answers(model.WithScoreThreshold(-1000)).Should().OnlyContain(a => a.PredictedLabel);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    public void Thresholds_that_are_no_probability_are_refused(double probability)
    {
        var model = Fit(_ => { });

        FluentActions.Invoking(() => model.WithThreshold(probability)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("The threshold must be a probability above 0 and below 1.*");
        FluentActions.Invoking(() => model.WithScoreThreshold(float.PositiveInfinity)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void A_fixed_threshold_needs_no_validation()
    {
        var model = Fit(o => (o.ValidationFraction, o.Threshold, o.ThresholdTarget) = (0, SoftPromptThresholdRule.Fixed, 0.8));

        model.Model.DecisionThreshold.Should().BeApproximately(0.8, 1e-6);
    }

    [Fact]
    public void Early_stopping_keeps_the_epochs_that_ran_and_is_logged()
    {
        var messages = Logs.Collect(_ml);

        // With rates of 0 no epoch is better than the first.
        var model = Fit(o => (o.MaxEpochs, o.PromptLearningRate, o.HeadLearningRate, o.EarlyStopping, o.Patience) = (40, 0, 0, SoftPromptEarlyStopping.Auroc, 2)).Model;

        (model.TrainingHistory.Count, model.BestEpoch).Should().Be((3, 1));
        messages.Should().ContainMatch("*Early stopping ended the training after epoch 3 of 40.*");
    }

    [Fact]
    public void A_saved_prompt_is_where_another_training_goes_on()
    {
        var first = Fit(_ => { }).Model;
        string path = Path.Combine(_folder, "prompt.safetensors");
        first.SavePrompt(path);

        var fromPath = Fit(o => (o.Initialization, o.InitializationPath, o.PromptLearningRate, o.HeadLearningRate) = (SoftPromptInitialization.Prompt, path, 0, 0)).Model;
        var fromModel = Fit(o => (o.Initialization, o.InitializationModel, o.PromptLearningRate, o.HeadLearningRate) = (SoftPromptInitialization.Prompt, first, 0, 0)).Model;

        foreach (var model in new[] { fromPath, fromModel })
        {
            model.Prompt.ToArray().Should().Equal(first.Prompt.ToArray());
            model.MissingRow.ToArray().Should().Equal(first.MissingRow.ToArray());
            model.HeadWeights.ToArray().Should().Equal(first.HeadWeights.ToArray());
            model.HeadBias.Should().Be(first.HeadBias);
        }
    }

    [Fact]
    public void A_saved_prompt_of_another_size_is_refused_with_both()
    {
        string path = Path.Combine(_folder, "prompt.safetensors");
        Fit(o => o.MaxEpochs = 1).Model.SavePrompt(path);

        FluentActions.Invoking(() => Fit(o => (o.Initialization, o.InitializationPath, o.PromptLength) = (SoftPromptInitialization.Prompt, path, 6)))
            .Should().Throw<InvalidOperationException>().WithMessage("*prompt.safetensors has 5 rows of 48; expected 6 (PromptLength) of 48*Set PromptLength to 5*");
        FluentActions.Invoking(() => Fit(o => (o.Initialization, o.InitializationPath) = (SoftPromptInitialization.Prompt, path + ".not")))
            .Should().Throw<FileNotFoundException>().WithMessage("*.not*InitializationPath*Model.SavePrompt*");
    }

    [Fact]
    public void A_text_starts_the_prompt()
    {
        var model = Fit(o => (o.Initialization, o.InitializationText, o.PromptLearningRate, o.WeightDecay) = (SoftPromptInitialization.Text, "12 7", 0, 0)).Model;

        var rows = model.Prompt.ToArray().Chunk(model.HiddenSize).ToArray();
        var expected = new float[2][] { new float[model.HiddenSize], new float[model.HiddenSize] };
        var backbone = Backbone.Open(TinyBackbone.Folder);
        backbone.CopyTokenRow(backbone.EncodeText("12")[0], expected[0]);
        backbone.CopyTokenRow(backbone.EncodeText("7")[0], expected[1]);
        for (int row = 0; row < rows.Length; row++)
            rows[row].Should().Equal(expected[row % 2]);
    }

    [Fact]
    public void The_example_of_the_docs_runs_as_printed()
    {
        IDataView train = Quantize(ToySeries.Windows(120)), recent = train;
        IBackbone backbone = Backbone.Open(TinyBackbone.Folder);
        MLContext ml = _ml;
        string path = Path.Combine(_folder, "prompt.safetensors");

        #region options
        var options = new SoftPromptAnomalyTrainer.Options
        {
            FeatureColumnName = "Tokens",
            Backbone = backbone,
            PositiveClassWeight = 5,                                      // anomalies are rare
            EarlyStopping = SoftPromptEarlyStopping.AveragePrecision,     // ends after 5 epochs without an improvement
            Threshold = SoftPromptThresholdRule.Precision,
            ThresholdTarget = 0.9,                                        // nine of ten alarms shall be right
            Calibration = SoftPromptCalibration.Platt,
            Seed = 1,
        };
        SoftPromptAnomalyTransformer detector = ml.AnomalyDetection.Trainers.SoftPrompt(options).Fit(train);

        SoftPromptAnomalyTransformer wary = detector.WithThreshold(0.2);  // alarms from a probability of 0.2, nothing is trained again
        detector.Model.SavePrompt(path);

        options.Initialization = SoftPromptInitialization.Prompt;         // goes on from there on newer data
        options.InitializationPath = path;
        SoftPromptAnomalyTransformer renewed = ml.AnomalyDetection.Trainers.SoftPrompt(options).Fit(recent);
        #endregion

        detector.Model.IsCalibrated.Should().BeTrue();
        detector.Model.ValidationMetrics!.Precision.Should().BeGreaterThanOrEqualTo(0.9);
        wary.Model.DecisionThreshold.Should().BeApproximately(0.2, 1e-6);
        renewed.Model.TrainingHistory[0].TrainLoss.Should().BeLessThan(detector.Model.TrainingHistory[0].TrainLoss);
        Documents.ShouldPrint("docs/soft-prompt.md", "options");
    }

    [Fact]
    public void Every_setting_goes_through_JSON()
    {
        var options = new SoftPromptAnomalyTrainer.Options
        {
            LabelColumnName = "a", FeatureColumnName = "b", ExampleWeightColumnName = "c", SamplingKeyColumnName = "d", GroupColumnName = "e", StartColumnName = "f",
            PromptLength = 0, Initialization = SoftPromptInitialization.Text, InitializationText = "g", InitializationPath = "h", BatchSize = 3, MaxEpochs = 2,
            PromptLearningRate = 0.5, HeadLearningRate = 0.25, WeightDecay = 0.125, WarmUpFraction = 0.75, LearningRateDecay = SoftPromptLearningRateDecay.Cosine,
            GradientClipping = 1.5, PositiveClassWeight = 2.5, FocalGamma = 3.5, Pooling = SoftPromptPooling.Max, ValidationFraction = 0.3,
            EarlyStopping = SoftPromptEarlyStopping.Loss, Patience = 7, Threshold = SoftPromptThresholdRule.Recall, ThresholdTarget = 0.9,
            Calibration = SoftPromptCalibration.Platt, TruncateLongSeries = true, Seed = 11, BackbonePath = "i", BackbonePrecision = Tensors.WeightPrecision.EightBit, EmbedBackbone = false,
        };

        var back = JsonSerializer.Deserialize<SoftPromptAnomalyTrainer.Options>(JsonSerializer.Serialize(options))!;

        back.Should().BeEquivalentTo(options);
        var defaults = new SoftPromptAnomalyTrainer.Options();
        foreach (var property in typeof(SoftPromptAnomalyTrainer.Options).GetProperties().Where(p => !p.IsDefined(typeof(JsonIgnoreAttribute), inherit: false)))
            property.GetValue(back).Should().NotBe(property.GetValue(defaults), $"the test has to set {property.Name} to something else than its default");
    }

    public static TheoryData<Action<SoftPromptAnomalyTrainer.Options>, string> Faults => new()
    {
        { o => o.PromptLength = -1, "*PromptLength is -1; expected at least 0.*" },
        { o => o.PositiveClassWeight = 0, "*PositiveClassWeight is 0; expected a finite number above 0.*" },
        { o => o.FocalGamma = -1, "*FocalGamma is -1; expected a finite number of at least 0.*" },
        { o => o.GradientClipping = double.NaN, "*GradientClipping is NaN; expected a finite number of at least 0 (off).*" },
        { o => o.Patience = 0, "*Patience is 0; expected at least 1.*" },
        { o => o.ThresholdTarget = 0, "*ThresholdTarget is 0; expected above 0 and at most 1.*" },
        { o => (o.Threshold, o.ThresholdTarget) = (SoftPromptThresholdRule.Fixed, 1), "*ThresholdTarget is 1; expected a probability above 0 and below 1.*" },
        { o => o.EarlyStopping = (SoftPromptEarlyStopping)9, "*EarlyStopping is 9; expected one of None, AveragePrecision, Auroc, Loss.*" },
        { o => o.BackbonePrecision = (Tensors.WeightPrecision)3, "*BackbonePrecision is 3; expected one of Full, BFloat16, EightBit.*" },
        { o => (o.Backbone, o.BackbonePath, o.BackbonePrecision) = (Backbone.Open(TinyBackbone.Folder), null, Tensors.WeightPrecision.BFloat16), "*BackbonePrecision is BFloat16, and Backbone is open already; open it in that precision.*" },
        { o => o.BackbonePath = " ", "*BackbonePath is empty; expected the path of a folder or a GGUF file*" },
        { o => o.Initialization = SoftPromptInitialization.Text, "*Initialization is Text; expected an InitializationText.*" },
        { o => o.InitializationText = "x", "*InitializationText is set, and Initialization is Vocabulary; set one or the other.*" },
        { o => o.Initialization = SoftPromptInitialization.Prompt, "*Initialization is Prompt; expected either InitializationPath or InitializationModel.*" },
        { o => o.InitializationPath = "x", "*InitializationPath or InitializationModel is set, and Initialization is Vocabulary*" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Options_out_of_range_are_refused(Action<SoftPromptAnomalyTrainer.Options> change, string message)
    {
        var options = ToySeries.Options();
        change(options);

        FluentActions.Invoking(() => _ml.AnomalyDetection.Trainers.SoftPrompt(options)).Should().Throw<ArgumentException>().WithMessage(message);
    }

    private IDataView Quantize(Window[] windows)
    {
        var view = _ml.Data.LoadFromEnumerable(windows);
        return _ml.Transforms.QuantizeSeries("Tokens", "Series", binCount: 10).Fit(view).Transform(view);
    }

    private SoftPromptAnomalyTransformer Fit(Action<SoftPromptAnomalyTrainer.Options> change)
    {
        var options = ToySeries.Options(epochs: 4);
        change(options);
        return _ml.AnomalyDetection.Trainers.SoftPrompt(options).Fit(_train);
    }

    private SoftPromptAnomalyTransformer SaveAndLoad(SoftPromptAnomalyTransformer model)
    {
        string path = Path.Combine(_folder, "model.zip");
        _ml.Model.Save(model, null, path);
        return (SoftPromptAnomalyTransformer)_ml.Model.Load(path, out _);
    }

    private Answer[] Answers(ITransformer model) => _ml.Data.CreateEnumerable<Answer>(model.Transform(_train), reuseRowObject: false).ToArray();
}
