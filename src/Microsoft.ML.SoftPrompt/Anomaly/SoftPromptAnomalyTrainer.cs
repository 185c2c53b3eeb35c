using System.Text.Json.Serialization;
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
public sealed class SoftPromptAnomalyTrainer : ITrainerEstimator<SoftPromptAnomalyTransformer, SoftPromptModelParameters>
{
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
    /// Trains. A part of the rows is held out to choose the best epoch (by average precision) and the decision threshold (by F1): 20 % of
    /// the groups where <see cref="Options.SamplingKeyColumnName"/> is given, else the last 20 % in the data's order, without windows that
    /// share readings with one that trains. Rows that BalanceTSmote balanced keep the split that it made. Where the part held out has no
    /// anomaly, or validation is switched off, all rows train, the last epoch is kept and the threshold is probability 0.5.
    /// </summary>
    /// <param name="input">Data with the features and the labels.</param>
    /// <returns>The fitted transformer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The data has no rows, one class only, a malformed row, a series that does not fit into the backbone, or the loss ceased to be finite.</exception>
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
        var kind = TrainingColumns.CheckShape(inputSchema, _options);
        string[] names = [AnomalyStage.PredictedLabel, AnomalyStage.Score, AnomalyStage.Probability];
        DataViewType[] types = [BooleanDataViewType.Instance, NumberDataViewType.Single, NumberDataViewType.Single];
        return new SchemaShape(inputSchema.Where(column => !names.Contains(column.Name))
            .Concat(names.Zip(types, (name, type) => MLNetInternals.CreateColumn(name, kind, type, isKey: false))));
    }

    private SoftPromptAnomalyTransformer Train(IDataView input, IDataView? validation)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var channel = _host.Start("Fit");
        var columns = new TrainingColumns(input.Schema, _options);
        var backbone = BackboneLocator.Open(_options);
        if (_options.EmbedsBackbone)
            EmbeddedBackbone.FilesOf(backbone);
        var table = TokenTable.ForBins(backbone, columns.BinCount);
        var door = new SeriesDoor(table, _options.PromptLength, _options.TruncateLongSeries && columns.LabelKind == LabelKind.Series, columns.Features.Name);

        var rows = TrainingRows.Read(input, columns, door);
        var split = Split(rows, columns, validation, door, channel, out var validationExamples);
        channel.Tell($"{split.Reason}");
        if (door.Truncated > 0)
            channel.Warn($"{door.Truncated:N0} series were longer than the backbone takes and kept their last values.");

        TrainingResult result;
        try
        {
            result = SoftPromptTrainingLoop.Run(backbone, table, columns.LabelKind, split.Train.Select(i => rows.Examples[i]).ToArray(),
                validationExamples, Settings(), new TrainingLog(_host, channel, _options), cancellation: _options.CancellationToken);
        }
        catch (ArgumentException e)
        {
            throw DataFault.From(e);
        }
        foreach (string warning in result.Warnings)
            channel.Warn($"{warning}");
        channel.Tell($"Kept epoch {result.BestEpoch} of {_options.MaxEpochs}; threshold {AnomalyStage.ToProbability(result.Parameters.Threshold):0.###} on the probability.");

        var model = new SoftPromptModelParameters(result, split.Reason, backbone.Fingerprint, _options.TruncateLongSeries, _seed);
        return new SoftPromptAnomalyTransformer(_host, backbone, model, columns.Features.Name, _options.EmbedsBackbone);
    }

    private ValidationSplit Split(TrainingRows rows, TrainingColumns columns, IDataView? validation, SeriesDoor door, IChannel channel, out IReadOnlyList<TrainingExample> validationExamples)
    {
        if (validation is not null)
        {
            var given = TrainingRows.Read(validation, columns.Rebind(validation.Schema, _options), door).WithoutSynthetic(channel);
            var split = ValidationSplit.Given(rows.Examples.Count, given.Splits);
            validationExamples = split.Validation.Select(i => given.Examples[i]).ToArray();
            return split;
        }
        var heldOut = rows.AreBalanced ? BalancedSplit(rows)
            : _options.ValidationFraction == 0 ? ValidationSplit.None(rows.Examples.Count)
            : ValidationSplit.HoldOut(rows.Splits, _seed, _options.ValidationFraction, columns.Split.HoldsOutEndOfEachGroup);
        validationExamples = heldOut.Validation.Select(i => rows.Examples[i]).ToArray();
        return heldOut;
    }

    /// <summary>The split that the balancer made: another one would validate on rows that synthetic ones were interpolated from.</summary>
    private ValidationSplit BalancedSplit(TrainingRows rows)
    {
        var split = ValidationSplit.Balanced(rows.IsSynthetic, rows.IsValidation);
        var trained = split.Train.Select(i => rows.Splits[i].SamplingKey).ToHashSet();
        if (_options.SamplingKeyColumnName is { } key && split.Validation.Select(i => rows.Splits[i].SamplingKey).FirstOrDefault(trained.Contains) is { } both)
            throw new InvalidOperationException($"BalanceTSmote held out rows whose sampling key '{both}' in column '{key}' other rows train with. Give BalanceTSmote the same samplingKeyColumnName as the trainer.");
        return split;
    }

    private TrainingSettings Settings() => new()
    {
        PromptLength = _options.PromptLength,
        Epochs = _options.MaxEpochs,
        BatchSize = _options.BatchSize,
        PromptLearningRate = _options.PromptLearningRate,
        HeadLearningRate = _options.HeadLearningRate,
        WeightDecay = _options.WeightDecay,
        WarmUp = _options.WarmUpFraction,
        Pooling = _options.Pooling,
        Seed = _seed,
    };

    /// <summary>How a soft prompt is trained. A plain class, so that sweeps can set it; what is no setting stays out of its JSON.</summary>
    public sealed class Options
    {
        /// <summary>Gets or sets the name of the label column: Boolean or Single (0 or 1), one a series or a vector with one a value.</summary>
        /// <value>The default is <c>Label</c>.</value>
        public string LabelColumnName { get; set; } = "Label";

        /// <summary>Gets or sets the name of the tokens' column, a vector of key (UInt32) as QuantizeSeries makes it.</summary>
        /// <value>The default is <c>Features</c>.</value>
        public string FeatureColumnName { get; set; } = "Features";

        /// <summary>Gets or sets the name of a column of weights (Single, at least 0): how much a series counts in the loss.</summary>
        /// <value>The default is <see langword="null"/>: all count the same.</value>
        public string? ExampleWeightColumnName { get; set; }

        /// <summary>Gets or sets the name of a column of groups (text, an integer, a Boolean or a key): a group is held out for validation whole or not at all.</summary>
        /// <value>The default is <see langword="null"/>: the last rows are held out.</value>
        public string? SamplingKeyColumnName { get; set; }

        /// <summary>
        /// Gets or sets the name of a column of groups (text, an integer, a Boolean or a key): the series that a window was cut from. Without
        /// a sampling key the last rows of each group are held out, and windows overlap only within a group.
        /// </summary>
        /// <value>The default is <see langword="null"/>: the last of all rows are held out, and overlap counts within the group column that WindowSeries was given.</value>
        public string? GroupColumnName { get; set; }

        /// <summary>
        /// Gets or sets the name of a column (Int64) with the index of a window's first reading within its series. Where the last rows are held
        /// out, those that share readings with a window that trains are left out.
        /// </summary>
        /// <value>The default is <see langword="null"/>: the column <c>Start</c> of WindowSeries, known by its annotation; without one, overlap is not looked for.</value>
        public string? StartColumnName { get; set; }

        /// <summary>Gets or sets the number of learnable rows m in front of every series.</summary>
        /// <value>At least 1; the default is 20 (SPEAR, Table IV).</value>
        public int PromptLength { get; set; } = TrainingDefaults.PromptLength;

        /// <summary>Gets or sets the number of passes over the training rows.</summary>
        /// <value>At least 1; the default is 40 (SPEAR).</value>
        public int MaxEpochs { get; set; } = TrainingDefaults.Epochs;

        /// <summary>Gets or sets the number of series in a step.</summary>
        /// <value>At least 1; the default is 32.</value>
        public int BatchSize { get; set; } = TrainingDefaults.BatchSize;

        /// <summary>Gets or sets the learning rate of the prompt rows (and of the row that stands for a missing value).</summary>
        /// <value>At least 0; the default is 0.03.</value>
        public double PromptLearningRate { get; set; } = TrainingDefaults.PromptLearningRate;

        /// <summary>Gets or sets the learning rate of the head.</summary>
        /// <value>At least 0; the default is 0.01.</value>
        public double HeadLearningRate { get; set; } = TrainingDefaults.HeadLearningRate;

        /// <summary>Gets or sets AdamW's decoupled weight decay.</summary>
        /// <value>At least 0; the default is 0.01.</value>
        public double WeightDecay { get; set; } = TrainingDefaults.WeightDecay;

        /// <summary>Gets or sets the share w of all steps S over which the learning rates rise: step s has the factor min(1, (s + 1)/w) · (S − s)/S.</summary>
        /// <value>0 to 1; the default is 0.06.</value>
        public double WarmUpFraction { get; set; } = TrainingDefaults.WarmUp;

        /// <summary>Gets or sets which hidden state answers for a series; labels a value use every value's own.</summary>
        /// <value>The default is <see cref="SoftPromptPooling.Mean"/>.</value>
        public SoftPromptPooling Pooling { get; set; } = SoftPromptPooling.Mean;

        /// <summary>Gets or sets the share of the groups, or of the last rows, that is held out to choose the epoch and the threshold.</summary>
        /// <value>0 (switched off) to below 1; the default is 0.2. Not used where validation data are given.</value>
        public double ValidationFraction { get; set; } = TrainingDefaults.ValidationFraction;

        /// <summary>
        /// Gets or sets whether a series that with the prompt exceeds the backbone's positions keeps its last values, as in the paper,
        /// counted and reported; labels a series only.
        /// </summary>
        /// <value>The default is <see langword="false"/>: such a series is refused.</value>
        public bool TruncateLongSeries { get; set; }

        /// <summary>Gets or sets the seed of the initial rows, the order of the batches and the groups held out.</summary>
        /// <value>The default is <see langword="null"/>: drawn from the MLContext, which repeats when the context has a seed and stages are made in the same order.</value>
        public int? Seed { get; set; }

        /// <summary>Gets or sets the frozen language model.</summary>
        /// <value>The default is <see langword="null"/>: the one at <see cref="BackbonePath"/>, or else the package Microsoft.ML.SoftPrompt.MiniLM.</value>
        [JsonIgnore]
        public IBackbone? Backbone { get; set; }

        /// <summary>Gets or sets the folder of a frozen language model in Hugging Face's form.</summary>
        /// <value>The default is <see langword="null"/>.</value>
        public string? BackbonePath { get; set; }

        /// <summary>Gets or sets whether the model file carries the backbone's files, so that it loads where the folder is not.</summary>
        /// <value>The default is <see langword="null"/>: it does for a backbone from <see cref="BackbonePath"/>.</value>
        public bool? EmbedBackbone { get; set; }

        /// <summary>Gets or sets who is told after every batch.</summary>
        /// <value>The default is <see langword="null"/>. ML.NET's log gets a line an epoch in any case.</value>
        [JsonIgnore]
        public IProgress<TrainingProgress>? Progress { get; set; }

        /// <summary>Gets or sets what stops the training, within a batch.</summary>
        /// <value>The default is none; the context's own cancellation (AutoML's, for one) stops it too.</value>
        [JsonIgnore]
        public CancellationToken CancellationToken { get; set; }

        internal bool EmbedsBackbone => EmbedBackbone ?? BackbonePath is not null;

        internal Options Copy() => (Options)MemberwiseClone();

        internal void Validate()
        {
            var faults = new List<string>();
            void Check(bool fits, string name, object? found, string expected)
            {
                if (!fits)
                    faults.Add(FormattableString.Invariant($"{name} is {found ?? "null"}; expected {expected}."));
            }

            Check(!string.IsNullOrEmpty(LabelColumnName), nameof(LabelColumnName), "empty", "a column's name");
            Check(!string.IsNullOrEmpty(FeatureColumnName), nameof(FeatureColumnName), "empty", "a column's name");
            Check(PromptLength >= 1, nameof(PromptLength), PromptLength, "at least 1");
            Check(MaxEpochs >= 1, nameof(MaxEpochs), MaxEpochs, "at least 1");
            Check(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
            Check(IsRate(PromptLearningRate), nameof(PromptLearningRate), PromptLearningRate, "a finite number of at least 0");
            Check(IsRate(HeadLearningRate), nameof(HeadLearningRate), HeadLearningRate, "a finite number of at least 0");
            Check(IsRate(WeightDecay), nameof(WeightDecay), WeightDecay, "a finite number of at least 0");
            Check(WarmUpFraction is >= 0 and <= 1, nameof(WarmUpFraction), WarmUpFraction, "0 to 1");
            Check(Enum.IsDefined(Pooling), nameof(Pooling), Pooling, string.Join(", ", Enum.GetNames<SoftPromptPooling>()));
            Check(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "0 (switched off) to below 1");
            if (Backbone is not null && BackbonePath is not null)
                faults.Add($"Both {nameof(Backbone)} and {nameof(BackbonePath)} are set; set one.");
            OptionFaults.ThrowIfAny(faults, $"{nameof(SoftPromptAnomalyTrainer)}.{nameof(Options)}");
        }

        private static bool IsRate(double value) => value >= 0 && double.IsFinite(value);
    }
}
