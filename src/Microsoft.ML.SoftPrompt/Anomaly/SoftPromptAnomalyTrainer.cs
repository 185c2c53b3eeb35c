using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Persistence;
using Microsoft.ML.SoftPrompt.Training;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Learns a soft prompt in front of a frozen language model, and a linear head behind it, that tell anomalous series from normal ones
/// (SPEAR: Wei, Wu, Yang, Leung, Drew, arXiv 2510.03962, eqs. (1)–(3)). A supervised binary trainer.
/// </summary>
/// <remarks>
/// <para>Features: a vector of key (UInt32), as <see cref="QuantizingEstimator"/> makes it; the key's count is the number of bins.
/// Labels: Boolean, or Single 0/1; one a series, or a vector with one a value.</para>
/// <para>The fitted transformer adds <c>PredictedLabel</c> (Boolean), <c>Score</c> (Single, the logit) and <c>Probability</c> (Single), as
/// every binary trainer of ML.NET; they are vectors of the series' length where the labels were. Labels are not asked for at scoring.</para>
/// <para>The same seed, data and options give the same model bit for bit on one machine, whatever the number of threads.</para>
/// </remarks>
public sealed partial class SoftPromptAnomalyTrainer : ITrainerEstimator<SoftPromptAnomalyTransformer, SoftPromptModelParameters>
{
    /// <summary>The name of a checkpoint's file in <see cref="Options.CheckpointDirectory"/>.</summary>
    public const string CheckpointFileName = TrainingCheckpoint.FileName;

    private readonly IHost _host;
    private readonly Options _options;
    private readonly int _seed;

    internal SoftPromptAnomalyTrainer(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _host = environment.Register(nameof(SoftPromptAnomalyTrainer));
        _options = options.Copy();
        _seed = options.Seed ?? _host.Rand.Next();
    }

    /// <summary>Gets what ML.NET's tools want to know of a trainer.</summary>
    public TrainerInfo Info { get; } = MLNetInternals.CreateTrainerInfo();

    /// <summary>
    /// Trains. A part of the rows is held out to choose the best epoch (by average precision, or <see cref="Options.EarlyStopping"/>'s
    /// metric) and the decision threshold (by F1, or <see cref="Options.Threshold"/>'s rule), and to calibrate: 20 % of the groups where
    /// <see cref="Options.SamplingKeyColumnName"/> is given, else the last 20 % in the data's order, without windows that share readings
    /// with one that trains. Rows that BalanceTSmote balanced keep the split that it made. Where the part held out has no anomaly, or
    /// validation is switched off, all rows train, the last epoch is kept and the threshold is probability 0.5 or the fixed one.
    /// </summary>
    /// <param name="input">Data with the features and the labels.</param>
    /// <returns>The fitted transformer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The data has no rows, one class only, a malformed row, a series that does not fit into the backbone, or the loss ceased to be finite; the prompt cannot start as <see cref="Options.Initialization"/> says; <see cref="Options.Pooling"/> is <see cref="SoftPromptPooling.First"/> in front of a decoder; the backbone has no tokenizer; there are no validation rows for <see cref="Options.Calibration"/>; or the checkpoint in <see cref="Options.CheckpointDirectory"/> belongs to another training.</exception>
    /// <exception cref="FileNotFoundException">There is no file at <see cref="Options.InitializationPath"/>.</exception>
    /// <exception cref="InvalidDataException">The file at <see cref="Options.InitializationPath"/> is no saved prompt, or the checkpoint in <see cref="Options.CheckpointDirectory"/> is damaged.</exception>
    /// <exception cref="IOException">The checkpoint cannot be read or written; what was there stands.</exception>
    /// <exception cref="OperationCanceledException"><see cref="Options.CancellationToken"/> or the context's cancellation (AutoML's, for one) asked for it.</exception>
    public SoftPromptAnomalyTransformer Fit(IDataView input) => Train(input, validation: null);

    /// <summary>Trains on all rows of the first data, and chooses the epoch and the threshold on the second.</summary>
    /// <param name="trainData">Data with the features and the labels.</param>
    /// <param name="validationData">Data with the same columns.</param>
    /// <returns>The fitted transformer.</returns>
    /// <inheritdoc cref="Fit(IDataView)" path="/exception"/>
    public SoftPromptAnomalyTransformer Fit(IDataView trainData, IDataView validationData)
    {
        ArgumentNullException.ThrowIfNull(validationData);
        return Train(trainData, validationData);
    }

    /// <summary>Gives the shape of the data with the three output columns added.</summary>
    /// <param name="inputSchema">The shape of the input.</param>
    /// <returns>The shape of the output.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return ScoreColumns.AddTo(inputSchema, TrainingColumns.CheckShape(inputSchema, _options));
    }

    private SoftPromptAnomalyTransformer Train(IDataView input, IDataView? validation)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var channel = _host.Start("Fit");
        var columns = new TrainingColumns(input.Schema, _options);
        var backbone = BackboneLocator.Open(_options);
        if (_options.Pooling == SoftPromptPooling.First && columns.LabelKind == LabelKind.Series && Backbone.IsCausal(backbone))
            throw new InvalidOperationException($"Pooling is First, and {backbone.Fingerprint.Name} ({backbone.Fingerprint.Family}) is a decoder: its first position sees nothing behind it, so no value there could change a score. Choose Last, Mean or Max, or an encoder such as BERT.");
        if (_options.EmbedsBackbone)
            EmbeddedBackbone.FilesOf(backbone);
        var start = InitialPrompt.Of(_options, backbone);
        var table = TokenTable.ForBins(backbone, columns.BinCount);
        var door = new SeriesDoor(table, _options.PromptLength, columns.LabelKind, _options.TruncateLongSeries && columns.LabelKind == LabelKind.Series, columns.Features.Name);

        var rows = TrainingRows.Read(input, columns, door);
        var given = validation is null ? null : TrainingRows.Read(validation, columns.Rebind(validation.Schema, _options), door);
        var split = RowSplit.Of(rows, given, columns.Split.HoldsOutEndOfEachGroup, _options.SamplingKeyColumnName, _options.ValidationFraction, _seed, channel);
        if (door.Truncated > 0)
            channel.Warn($"{door.Truncated:N0} series were longer than the backbone takes and kept their last values.");

        var checkpoint = _options.CheckpointDirectory is { } folder ? new TrainingCheckpoint(folder) : null;
        TrainingResult result;
        try
        {
            result = SoftPromptTrainingLoop.Run(backbone, table, columns.LabelKind, split.Train, split.Validation, Settings(),
                new TrainingLog(_host, channel, _options.Progress), start, checkpoint, _options.CancellationToken);
        }
        catch (ArgumentException e)
        {
            throw DataFault.From(e);
        }
        foreach (string warning in result.Warnings)
            channel.Warn($"{warning}");
        if (result.History.Count < (_options.LastEpoch ?? _options.MaxEpochs))
            channel.Tell($"Early stopping ended the training after epoch {result.History.Count} of {_options.MaxEpochs}.");
        if (result.Parameters.Calibration is { } calibration)
            channel.Tell($"Calibrated on the validation rows: the probability is the sigmoid of {calibration.Slope:0.###} times the score, plus {calibration.Offset:0.###}.");
        channel.Tell($"Kept epoch {result.BestEpoch} of {_options.MaxEpochs}; threshold {result.Parameters.Probability.ToProbability(result.Parameters.Threshold):0.###} on the probability.");

        var model = new SoftPromptModelParameters(result, split.Reason, backbone, _options.TruncateLongSeries, _seed);
        return new SoftPromptAnomalyTransformer(_host, backbone, model, columns.Features.Name, _options.EmbedsBackbone);
    }

    private TrainingSettings Settings() => new()
    {
        PromptLength = _options.PromptLength,
        Epochs = _options.MaxEpochs,
        LastEpoch = _options.LastEpoch,
        BatchSize = _options.BatchSize,
        PromptLearningRate = _options.PromptLearningRate,
        HeadLearningRate = _options.HeadLearningRate,
        WeightDecay = _options.WeightDecay,
        WarmUp = _options.WarmUpFraction,
        LearningRateDecay = _options.LearningRateDecay,
        GradientClipping = _options.GradientClipping,
        PositiveClassWeight = _options.PositiveClassWeight,
        FocalGamma = _options.FocalGamma,
        Pooling = _options.Pooling,
        Initialization = _options.Initialization,
        InitializationText = _options.InitializationText ?? "",
        EarlyStopping = _options.EarlyStopping,
        Patience = _options.Patience,
        ThresholdRule = _options.Threshold,
        ThresholdTarget = _options.ThresholdTarget,
        Calibration = _options.Calibration,
        Seed = _seed,
    };
}
