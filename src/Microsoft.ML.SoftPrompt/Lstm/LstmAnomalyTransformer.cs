using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Lstm;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Scores series with a trained LSTM: <c>PredictedLabel</c> (Boolean), <c>Score</c> (Single, the logit) and <c>Probability</c> (Single, its
/// sigmoid), vectors of the series' length where the model labels every value. Immutable and safe for concurrent use.
/// </summary>
/// <remarks>A row's result depends on the row and the model alone.</remarks>
public sealed class LstmAnomalyTransformer : ISingleFeaturePredictionTransformer<LstmModelParameters>, ITransformerWithDifferentMappingAtTrainingTime
{
    internal static readonly ModelKind Kind = new("SPLSTMAN", "SoftPromptLstm", 1);

    private readonly LstmColumnNames _names;
    private readonly LstmStage _stage;

    internal LstmAnomalyTransformer(LstmModelParameters model, LstmColumnNames names)
    {
        Model = model;
        _names = names;
        _stage = new LstmStage(model, names);
    }

    /// <summary>Gets what was learned.</summary>
    public LstmModelParameters Model { get; }

    /// <summary>Gets the name of the series' column.</summary>
    public string FeatureColumnName => _names.Features;

    /// <summary>Gets the names of the columns that it reads.</summary>
    internal LstmColumnNames ColumnNames => _names;

    /// <summary>Gets the type of the series' column: a vector of Single, of any length.</summary>
    public DataViewType FeatureColumnType => new VectorDataViewType(NumberDataViewType.Single);

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new StageSchema(_stage, inputSchema).Output;

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new StageMapper(_stage, inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new StageView(_stage, input);
    }

    // A calibrator, or whatever is fitted after this stage, never sees a synthetic row.
    IDataView ITransformerWithDifferentMappingAtTrainingTime.TransformForTrainingPipeline(IDataView input) => Transform(OriginalRowsView.Of(input));

    void ICanSaveModel.Save(ModelSaveContext ctx) => LstmModelFile.Write(new ModelStreamWriter(ctx, Kind), Model, _names);

    internal static LstmAnomalyTransformer Load(ModelStreamReader reader)
    {
        var (model, names) = LstmModelFile.Read(reader);
        return new LstmAnomalyTransformer(model, names);
    }
}
