using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Scores series of tokens with a learned soft prompt: <c>PredictedLabel</c> (Boolean), <c>Score</c> (Single, the logit) and
/// <c>Probability</c> (Single), vectors of the series' length where the model labels every value. Immutable and safe for concurrent use.
/// </summary>
/// <remarks>
/// A row's result depends on the row and the model alone. <see cref="Transform"/> scores blocks of rows together, over all threads that
/// <see cref="Tensors.Scheduler.MaxThreads"/> allows; a prediction engine scores on the caller's thread.
/// </remarks>
public sealed class SoftPromptAnomalyTransformer : ISingleFeaturePredictionTransformer<SoftPromptModelParameters>, ITransformerWithDifferentMappingAtTrainingTime
{
    internal static readonly ModelKind Kind = new("SPANOMLY", "SoftPromptAnomaly", 1);

    private readonly IBackbone _backbone;
    private readonly bool _embedsBackbone;
    private readonly AnomalyStage _stage;

    internal SoftPromptAnomalyTransformer(IHostEnvironment environment, IBackbone backbone, SoftPromptModelParameters model, string featureColumnName, bool embedsBackbone)
    {
        _backbone = backbone;
        _embedsBackbone = embedsBackbone;
        Model = model;
        FeatureColumnName = featureColumnName;
        _stage = new AnomalyStage(environment, backbone, model, featureColumnName);
    }

    /// <summary>Gets what was learned.</summary>
    public SoftPromptModelParameters Model { get; }

    /// <summary>Gets the name of the tokens' column.</summary>
    public string FeatureColumnName { get; }

    /// <summary>Gets the type of the tokens' column: a vector of key (UInt32), of any length.</summary>
    public DataViewType FeatureColumnType => new VectorDataViewType(new KeyDataViewType(typeof(uint), Model.BinCount));

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

    void ICanSaveModel.Save(ModelSaveContext ctx) =>
        AnomalyModelFile.Write(new ModelStreamWriter(ctx, Kind), Model, FeatureColumnName, _embedsBackbone ? _backbone : null);

    internal static SoftPromptAnomalyTransformer Load(IHostEnvironment environment, ModelStreamReader reader)
    {
        var (model, featureColumnName, backbone, embeds) = AnomalyModelFile.Read(reader);
        return new SoftPromptAnomalyTransformer(environment.Register(nameof(SoftPromptAnomalyTransformer)), backbone, model, featureColumnName, embeds);
    }
}
