using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Explaining;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Scores series of tokens with a learned soft prompt: <c>PredictedLabel</c> (Boolean), <c>Score</c> (Single, the logit) and
/// <c>Probability</c> (Single), vectors of the series' length where the model labels every value. Immutable and safe for concurrent use.
/// </summary>
/// <remarks>
/// A row's result depends on the row and the model alone. <see cref="Transform"/> scores blocks of rows together, over all threads that
/// <see cref="Tensors.Scheduler.MaxThreads"/> allows; a prediction engine's row is shared among the threads that are idle, unless it is small.
/// </remarks>
public sealed class SoftPromptAnomalyTransformer : ISingleFeaturePredictionTransformer<SoftPromptModelParameters>, ITransformerWithDifferentMappingAtTrainingTime
{
    internal static readonly ModelKind Kind = new("SPANOMLY", "SoftPromptAnomaly", 3);

    private readonly IHostEnvironment _environment;
    private readonly IBackbone _backbone;
    private readonly bool _embedsBackbone;
    private readonly AnomalyStage _stage;

    internal SoftPromptAnomalyTransformer(IHostEnvironment environment, IBackbone backbone, SoftPromptModelParameters model, string featureColumnName, bool embedsBackbone)
    {
        _environment = environment;
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

    /// <summary>Gives the same detector with another threshold; this one stays as it is.</summary>
    /// <param name="probability">The <c>Probability</c> strictly above which <c>PredictedLabel</c> is true, above 0 and below 1; the model's <see cref="SoftPromptModelParameters.DecisionThreshold"/>.</param>
    /// <returns>The transformer; it shares the backbone and what was learned, and saves and loads as this one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not between 0 and 1, or so near to one of them that no score has it.</exception>
    public SoftPromptAnomalyTransformer WithThreshold(double probability)
    {
        float score = (float)Model.Learned.Probability.ToScore(probability);
        if (!(probability > 0 && probability < 1 && float.IsFinite(score)))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "The threshold must be a probability above 0 and below 1.");
        return WithScoreThreshold(score);
    }

    /// <summary>Gives the same detector with another threshold on the score; this one stays as it is.</summary>
    /// <param name="score">The <c>Score</c>, a logit, strictly above which <c>PredictedLabel</c> is true; the model's <see cref="SoftPromptModelParameters.ScoreThreshold"/>.</param>
    /// <returns>The transformer; it shares the backbone and what was learned, and saves and loads as this one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The score is not finite.</exception>
    public SoftPromptAnomalyTransformer WithScoreThreshold(float score)
    {
        if (!float.IsFinite(score))
            throw new ArgumentOutOfRangeException(nameof(score), score, "The threshold must be a finite number.");
        return new SoftPromptAnomalyTransformer(_environment, _backbone, Model.WithScoreThreshold(score), FeatureColumnName, _embedsBackbone);
    }

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

    /// <summary>Explains rows by the last detector of a model; see <see cref="SoftPromptCatalog"/>. Stages behind it are not run: they may drop or replace its tokens.</summary>
    /// <returns>Null for a model without a detector.</returns>
    internal static IReadOnlyList<IReadOnlyList<ValueContribution>>? Explain(ITransformer model, IDataView windows, int width, int stride, IReadOnlyList<int>? points, IProgress<int>? progress, CancellationToken cancellation)
    {
        ITransformer[] stages = ScoringStages(model).ToArray();
        int last = Array.FindLastIndex(stages, stage => stage is SoftPromptAnomalyTransformer);
        if (last < 0)
            return null;
        IDataView tokens = new TransformerChain<ITransformer>(stages[..last]).Transform(windows);
        return ((SoftPromptAnomalyTransformer)stages[last])._stage.Explain(tokens, width, stride, points, progress, cancellation);
    }

    /// <summary>Refuses windows that may be too long for the backbone, whatever their values.</summary>
    /// <exception cref="ArgumentException">A window of so many values can take more positions than there are.</exception>
    internal void CheckWindow(int size) => _stage.CheckWindow(size);

    /// <summary>The stages that a model, which may be a chain of chains, runs for scoring.</summary>
    internal static IEnumerable<ITransformer> ScoringStages(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? WithinScoring(chain).SelectMany(ScoringStages) : [model];

    /// <summary>A chain tells the scopes of its stages only through a method of its generic type, whose argument may be any.</summary>
    [DynamicDependency(nameof(TransformerChain<ITransformer>.GetModelFor), typeof(TransformerChain<>))]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "The method is kept by the line above.")]
    private static IEnumerable<ITransformer> WithinScoring(IEnumerable<ITransformer> chain) =>
        chain.GetType().GetMethod(nameof(TransformerChain<ITransformer>.GetModelFor), [typeof(TransformerScope)]) is { } getModelFor
            ? (IEnumerable<ITransformer>)getModelFor.Invoke(chain, [TransformerScope.Scoring])!
            : chain;

    void ICanSaveModel.Save(ModelSaveContext ctx) =>
        AnomalyModelFile.Write(new ModelStreamWriter(ctx, Kind), Model, FeatureColumnName, _embedsBackbone ? _backbone : null);

    internal static SoftPromptAnomalyTransformer Load(IHostEnvironment environment, ModelStreamReader reader)
    {
        var (model, featureColumnName, backbone, embeds) = AnomalyModelFile.Read(reader);
        return new SoftPromptAnomalyTransformer(environment.Register(nameof(SoftPromptAnomalyTransformer)), backbone, model, featureColumnName, embeds);
    }
}
