using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Lstm;
using Microsoft.ML.SoftPrompt.Persistence;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Trains SPEAR's baseline: an LSTM of two layers over times and values, with a linear layer to a logit behind its last output, or behind
/// each output where every value has a label; Adam on the binary cross-entropy. A supervised binary trainer, and no language model.
/// </summary>
/// <remarks>
/// <para>Features: a vector of Single of any length, NaN for a missing value, which goes in as the last one before it. Values and times go
/// in less the training rows' mean and over their deviation. Labels: Boolean, or Single 0/1; one a series, or a vector with one a value.</para>
/// <para>The fitted transformer adds <c>PredictedLabel</c> (Boolean), <c>Score</c> (Single, the logit) and <c>Probability</c> (Single), as
/// every binary trainer of ML.NET; they are vectors of the series' length where the labels were. Labels are not asked for at scoring.</para>
/// <para>The same seed, data and options give the same model bit for bit on one machine, whatever the number of threads.</para>
/// </remarks>
public sealed partial class LstmAnomalyTrainer : ITrainerEstimator<LstmAnomalyTransformer, LstmModelParameters>
{
    private readonly IHost _host;
    private readonly Options _options;
    private readonly LstmColumnNames _names;
    private readonly int _seed;

    internal LstmAnomalyTrainer(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _host = environment.Register(nameof(LstmAnomalyTrainer));
        _options = options.Copy();
        _names = new LstmColumnNames(options.FeatureColumnName, options.TimeColumnName, options.GroupColumnName);
        _seed = options.Seed ?? _host.Rand.Next();
    }

    /// <summary>Gets what ML.NET's tools want to know of a trainer.</summary>
    public TrainerInfo Info { get; } = MLNetInternals.CreateTrainerInfo();

    /// <summary>
    /// Trains. A part of the rows is held out to choose the best epoch (by average precision) and the decision threshold (by F1): 20 % of the
    /// groups where <see cref="Options.SamplingKeyColumnName"/> is given, else the last 20 % in the data's order, without windows that share
    /// readings with one that trains. Rows that BalanceTSmote balanced keep the split that it made. Where the part held out has no anomaly,
    /// or validation is switched off, all rows train, the last epoch is kept and the threshold is probability 0.5.
    /// </summary>
    /// <param name="input">Data with the features and the labels.</param>
    /// <returns>The fitted transformer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The data has no rows, one class only, no value but NaN or a malformed row, or the loss ceased to be finite.</exception>
    /// <exception cref="OperationCanceledException"><see cref="Options.CancellationToken"/> or the context's cancellation (AutoML's, for one) asked for it.</exception>
    public LstmAnomalyTransformer Fit(IDataView input) => Train(input, validation: null);

    /// <summary>Trains on all rows of the first data, and chooses the epoch and the threshold on the second.</summary>
    /// <param name="trainData">Data with the features and the labels.</param>
    /// <param name="validationData">Data with the same columns.</param>
    /// <returns>The fitted transformer.</returns>
    /// <inheritdoc cref="Fit(IDataView)" path="/exception"/>
    public LstmAnomalyTransformer Fit(IDataView trainData, IDataView validationData)
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
        return ScoreColumns.AddTo(inputSchema, LstmTrainingColumns.CheckShape(inputSchema, _names, _options));
    }

    private LstmAnomalyTransformer Train(IDataView input, IDataView? validation)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var channel = _host.Start("Fit");
        var columns = new LstmTrainingColumns(input.Schema, _names, _options);
        var rows = columns.Read(input);
        var split = RowSplit.Of(rows, ReadValidation(validation, columns), columns.Split.HoldsOutEndOfEachGroup, _options.SamplingKeyColumnName, _options.ValidationFraction, _seed, channel);
        LstmModel model;
        LstmTrainingResult result;
        try
        {
            LabeledSeriesCheck.BothClasses(split.Train);
            (model, result) = LstmModel.Fit(split.Train, split.Validation, columns.LabelKind, _options.GroupColumnName is not null, _options.Settings(_seed),
                new TrainingLog(_host, channel, _options.Progress), _options.CancellationToken);
        }
        catch (ArgumentException e)
        {
            throw DataFault.From(e);
        }
        var parameters = new LstmModelParameters(model, result.Threshold, new LstmSummary(_seed, result.BestEpoch, split.Reason, result.Validation, result.History));
        channel.Tell($"Kept epoch {result.BestEpoch} of {_options.MaxEpochs}; threshold {parameters.DecisionThreshold:0.###} on the probability.");
        return new LstmAnomalyTransformer(parameters, _names);
    }

    private TrainingRow<LabeledSeries>[]? ReadValidation(IDataView? validation, LstmTrainingColumns columns)
    {
        if (validation is null)
            return null;
        var found = new LstmTrainingColumns(validation.Schema, _names, _options);
        if (found.LabelKind != columns.LabelKind)
            throw SchemaErrors.WrongType(_options.LabelColumnName, "label", $"{Describe(found)} in the validation data", $"{Describe(columns)} as in the training data");
        return found.Read(validation);

        static string Describe(LstmTrainingColumns columns) => columns.LabelKind == Training.LabelKind.Series ? "one a series" : "a vector";
    }
}
