using System.CommandLine;
using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>The options that say how to train.</summary>
internal sealed class TrainingOptions
{
    private const string DefaultSplit = "80/20/0";

    private readonly Option<SeriesSplit?> _split = CommonOptions.Split($"Percent of each series for training, validation and test, by time; none trains on everything. [default: {DefaultSplit}]");
    private readonly Option<int> _window = CommonOptions.Whole("--window", Defaults.Window, "Readings in a window.");
    private readonly Option<int> _stride = CommonOptions.Whole("--stride", Defaults.Stride, "Readings from one window's start to the next.");
    private readonly Option<bool> _points = new("--points") { Description = "Label every reading instead of every window." };
    private readonly Option<SeriesScale?> _scale = CommonOptions.Choice<SeriesScale>("--scale", "Scale each group by its own range, all by one, or each window by its own. [default: group where there is more than one]");
    private readonly Option<int> _bins = CommonOptions.Whole("--bins", Defaults.Bins, "Bins that values are quantized into.", smallest: 2, largest: 2000);
    private readonly Option<int> _promptLength = CommonOptions.Whole("--prompt-length", Defaults.PromptLength, "Learnable rows in front of every window; with 0 the head alone learns.", smallest: 0);
    private readonly Option<SoftPromptPooling?> _pooling = CommonOptions.Choice<SoftPromptPooling>("--pooling", "Which hidden state answers for a window; first is for encoders, such as BERT. [default: mean]");
    private readonly Option<double?> _balance = CommonOptions.Share("--balance", "ratio", "Add synthetic windows (T-SMOTE) to the training part, up to so many of the rarer class for each of the other; 1 when no ratio is given.", bare: 1);
    private readonly Option<int?> _neighbours = CommonOptions.WholeOrNone("--neighbours", $"Nearest windows that --balance interpolates to. [default: {Defaults.Neighbours}]");
    private readonly Option<double> _positiveWeight = CommonOptions.Number("--positive-weight", "weight", Defaults.PositiveWeight, "What the loss of an anomalous label is multiplied with.");
    private readonly Option<int> _epochs = CommonOptions.Whole("--epochs", Defaults.Epochs, "Passes over the training windows; the most there are with --early-stopping.");
    private readonly Option<SoftPromptEarlyStopping?> _earlyStopping = CommonOptions.Choice<SoftPromptEarlyStopping>("--early-stopping", "End the training when this metric on the validation part no longer improves, and keep the epoch where it was best. [default: none]");
    private readonly Option<int?> _patience = CommonOptions.WholeOrNone("--patience", $"Epochs without an improvement that --early-stopping allows. [default: {Defaults.Patience}]");
    private readonly Option<SoftPromptThresholdRule?> _threshold = CommonOptions.Choice<SoftPromptThresholdRule>("--threshold", "How the threshold is chosen on the validation part: the best F1, a precision, a recall; or a fixed probability. [default: f1]");
    private readonly Option<double?> _thresholdTarget = CommonOptions.Share("--threshold-target", "share", $"The precision or recall, or the fixed probability, of --threshold. [default: {Defaults.ThresholdTarget}]");
    private readonly Option<bool> _calibrate = new("--calibrate") { Description = "Fit the probabilities to the anomalies of the validation part (Platt's sigmoid)." };
    private readonly Option<int> _batchSize = CommonOptions.Whole("--batch-size", Defaults.BatchSize, "Windows in a step.");
    private readonly Option<double> _promptRate = CommonOptions.Number("--prompt-learning-rate", "rate", Defaults.PromptLearningRate, "Learning rate of the prompt.");
    private readonly Option<double> _headRate = CommonOptions.Number("--head-learning-rate", "rate", Defaults.HeadLearningRate, "Learning rate of the head.");
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of all that is random.", HelpName = "n", DefaultValueFactory = _ => Defaults.Seed };
    private readonly Option<string?> _backbone = new("--backbone") { Description = "Another frozen language model: a folder in Hugging Face's form, or a GGUF file; all-MiniLM-L6-v2, built in, when not given.", HelpName = "path" };
    private readonly Option<WeightPrecision?> _backbonePrecision = CommonOptions.Precision("--backbone-precision");

    public TrainingOptions(Command command)
    {
        Option[] options = [_split, _window, _stride, _points, _scale, _bins, _promptLength, _pooling, _balance, _neighbours, _positiveWeight, _epochs, _earlyStopping, _patience,
            _threshold, _thresholdTarget, _calibrate, _batchSize, _promptRate, _headRate, _seed, _backbone, _backbonePrecision];
        foreach (Option option in options)
            command.Add(option);
        command.Validators.Add(result =>
        {
            bool Given(Option option) => result.GetResult(option) is { Implicit: false };
            // By its text: a value that cannot be read has an error of its own.
            bool Is<T>(Option<T?> option, T value) where T : struct, Enum =>
                result.GetResult(option)?.Tokens is [var token] && token.Value.Equals(CommonOptions.ChoiceName(value), StringComparison.OrdinalIgnoreCase);

            if (Given(_points) && Given(_balance))
                result.AddError("--balance needs a label a window, and --points labels every reading; give one.");
            if (Given(_points) && Given(_pooling))
                result.AddError("--pooling is for labels a window; with --points every reading's own hidden state answers.");
            if (Given(_neighbours) && !Given(_balance))
                result.AddError("--neighbours is for --balance; give both.");
            if (Given(_patience) && (!Given(_earlyStopping) || Is(_earlyStopping, SoftPromptEarlyStopping.None)))
                result.AddError("--patience is for --early-stopping, which says what has to improve, for example --early-stopping average-precision.");
            if (Given(_thresholdTarget) && (!Given(_threshold) || Is(_threshold, SoftPromptThresholdRule.F1)))
                result.AddError("--threshold-target is for --threshold precision, recall or fixed; give both.");
        });
    }

    private static TrainingSettings Defaults { get; } = new();

    public SeriesSplit Split(ParseResult parsed) => parsed.GetValue(_split) ?? SeriesSplit.Parse(DefaultSplit);

    /// <param name="seriesCount">How many series were read: the scale depends on it where it was not given.</param>
    public TrainingSettings Read(ParseResult parsed, int seriesCount) => new()
    {
        Window = parsed.GetValue(_window),
        Stride = parsed.GetValue(_stride),
        PointLabels = parsed.GetValue(_points),
        Scale = parsed.GetValue(_scale) ?? (seriesCount > 1 ? SeriesScale.Group : SeriesScale.All),
        Bins = parsed.GetValue(_bins),
        PromptLength = parsed.GetValue(_promptLength),
        Pooling = parsed.GetValue(_pooling) ?? Defaults.Pooling,
        Balance = parsed.GetValue(_balance),
        Neighbours = parsed.GetValue(_neighbours) ?? Defaults.Neighbours,
        PositiveWeight = parsed.GetValue(_positiveWeight),
        Epochs = parsed.GetValue(_epochs),
        EarlyStopping = parsed.GetValue(_earlyStopping) ?? Defaults.EarlyStopping,
        Patience = parsed.GetValue(_patience) ?? Defaults.Patience,
        Threshold = parsed.GetValue(_threshold) ?? Defaults.Threshold,
        ThresholdTarget = parsed.GetValue(_thresholdTarget) ?? Defaults.ThresholdTarget,
        Calibrate = parsed.GetValue(_calibrate),
        BatchSize = parsed.GetValue(_batchSize),
        PromptLearningRate = parsed.GetValue(_promptRate),
        HeadLearningRate = parsed.GetValue(_headRate),
        Seed = parsed.GetValue(_seed),
        Split = Split(parsed).ToString(),
        Backbone = parsed.GetValue(_backbone),
        BackbonePrecision = parsed.GetValue(_backbonePrecision) ?? Defaults.BackbonePrecision,
    };
}
