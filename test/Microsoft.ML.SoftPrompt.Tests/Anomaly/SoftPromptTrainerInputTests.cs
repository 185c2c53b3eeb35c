using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tests.Anomaly;

public sealed class SoftPromptTrainerInputTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class FloatLabel
    {
        public float[] Series { get; set; } = [];

        public float Label { get; set; }
    }

    private sealed class UnevenLabels
    {
        public float[] Series { get; set; } = [];

        public bool[] Label { get; set; } = [];
    }

    [Fact]
    public void A_missing_label_column_is_named() =>
        Fitting(ToySeries.Windows(9), o => o.LabelColumnName = "Lable")
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*label column 'Lable' is not in the data*'Label'*");

    [Fact]
    public void A_label_of_the_wrong_type_is_named() =>
        Fitting(ToySeries.Windows(9), o => o.LabelColumnName = "Start")
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*label column 'Start'*Int64*expected Boolean or Single*");

    [Fact]
    public void Features_that_are_no_tokens_are_refused_with_advice() =>
        Fitting(ToySeries.Windows(9), o => o.FeatureColumnName = "Series")
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*token column 'Series'*expected a vector of key (UInt32)*QuantizeSeries*");

    [Fact]
    public void Data_without_rows_are_refused()
    {
        var quantizer = _ml.Transforms.QuantizeSeries("Tokens", "Series").Fit(_ml.Data.LoadFromEnumerable(ToySeries.Windows(3)));

        FluentActions.Invoking(() => _ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options()).Fit(quantizer.Transform(_ml.Data.LoadFromEnumerable(Array.Empty<Window>()))))
            .Should().Throw<InvalidOperationException>().WithMessage("*no rows*'Tokens'*");
    }

    [Fact]
    public void One_class_only_is_refused()
    {
        var windows = ToySeries.Windows(9);
        foreach (var window in windows)
            window.Label = false;

        Fitting(windows).Should().Throw<InvalidOperationException>().WithMessage("*both classes*normal*");
    }

    [Fact]
    public void A_series_too_long_for_the_backbone_is_refused_with_the_three_numbers() =>
        Fitting(ToySeries.Windows(9, length: 60))
            .Should().Throw<InvalidOperationException>().WithMessage("*'Tokens', row 0*60 *prompt 5*64 positions*");

    [Fact]
    public void A_long_series_can_keep_its_last_values()
    {
        var messages = Logs.Collect(_ml);
        var windows = ToySeries.Windows(9, length: 60);

        Fitting(windows, o => (o.TruncateLongSeries, o.MaxEpochs) = (true, 1)).Should().NotThrow();

        messages.Should().ContainMatch("*9 series were longer than the backbone takes*");
    }

    [Fact]
    public void A_prompt_that_leaves_no_room_for_a_value_is_refused_with_the_three_numbers() =>
        Fitting(ToySeries.Windows(9, length: 20), o => (o.TruncateLongSeries, o.PromptLength) = (true, 64))
            .Should().Throw<InvalidOperationException>().WithMessage("*'Tokens', row 0*20 *prompt 64*64 positions*");

    [Fact]
    public void An_empty_series_is_named_by_its_row()
    {
        var windows = ToySeries.Windows(9);
        windows[4].Series = [];

        Fitting(windows).Should().Throw<InvalidOperationException>().WithMessage("*'Tokens', row 4*no values*");
    }

    [Fact]
    public void A_label_that_is_neither_0_nor_1_is_named()
    {
        FloatLabel[] rows = [new() { Series = [0, 1], Label = 0 }, new() { Series = [1, 0], Label = 2 }];

        FluentActions.Invoking(() => Pipeline(ToySeries.Options()).Fit(_ml.Data.LoadFromEnumerable(rows)))
            .Should().Throw<InvalidOperationException>().WithMessage("*'Label' holds 2 in row 1*0 (normal) or 1*");
    }

    [Fact]
    public void A_row_with_fewer_labels_than_values_is_named()
    {
        UnevenLabels[] rows = [new() { Series = [0, 1], Label = [false, true] }, new() { Series = [1, 0], Label = [true] }];

        FluentActions.Invoking(() => Pipeline(ToySeries.Options()).Fit(_ml.Data.LoadFromEnumerable(rows)))
            .Should().Throw<InvalidOperationException>().WithMessage("*Row 1*2 tokens*1 labels*");
    }

    [Fact]
    public void All_faults_of_the_options_are_told_at_once() =>
        FluentActions.Invoking(() => _ml.AnomalyDetection.Trainers.SoftPrompt(new SoftPromptAnomalyTrainer.Options { PromptLength = -3, BatchSize = -1, PromptLearningRate = double.NaN }))
            .Should().Throw<ArgumentException>().WithMessage("*PromptLength is -3*BatchSize is -1*PromptLearningRate is NaN*");

    [Fact]
    public void The_options_go_through_JSON_as_sweeps_send_them()
    {
        using var source = new CancellationTokenSource();
        var options = new SoftPromptAnomalyTrainer.Options { PromptLength = 7, PromptLearningRate = 0.05, Pooling = SoftPromptPooling.Last, CancellationToken = source.Token };

        var back = JsonSerializer.Deserialize<SoftPromptAnomalyTrainer.Options>(JsonSerializer.Serialize(options))!;

        (back.PromptLength, back.PromptLearningRate, back.Pooling, back.CancellationToken).Should().Be((7, 0.05, SoftPromptPooling.Last, CancellationToken.None));
    }

    [Fact]
    public void Other_bins_than_the_models_are_refused_at_scoring()
    {
        var view = _ml.Data.LoadFromEnumerable(ToySeries.Windows(9));
        var model = _ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(1)).Fit(_ml.Transforms.QuantizeSeries("Tokens", "Series", 50).Fit(view).Transform(view));

        FluentActions.Invoking(() => model.Transform(_ml.Transforms.QuantizeSeries("Tokens", "Series", 60).Fit(view).Transform(view)))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*'Tokens'*60 bins*50 bins*");
    }

    private Action Fitting(Window[] windows, Action<SoftPromptAnomalyTrainer.Options>? change = null)
    {
        var options = ToySeries.Options();
        change?.Invoke(options);
        return () => Pipeline(options).Fit(_ml.Data.LoadFromEnumerable(windows));
    }

    private Data.EstimatorChain<SoftPromptAnomalyTransformer> Pipeline(SoftPromptAnomalyTrainer.Options options) =>
        _ml.Transforms.QuantizeSeries("Tokens", "Series", binCount: 50).Append(_ml.AnomalyDetection.Trainers.SoftPrompt(options));
}
