using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Adds to series whether any of SPEAR's rules for context anomalies flags them (Boolean), what each of the four says (a vector of Boolean)
/// and the evidence (a vector of Double), as <see cref="ContextAnomalyLabeler"/> was told. Immutable and safe for concurrent use.
/// </summary>
/// <remarks>
/// Columns are computed when they are asked for, and share the work on a row. How many series had too few values for one of the rules is said
/// once a cursor, as a warning in the log.
/// </remarks>
public sealed class ContextAnomalyLabelingTransformer : ITransformer
{
    internal static readonly ModelKind Kind = new("SPCTXLAB", "SoftPromptContextLabels", 1);

    private readonly ContextAnomalyModel _model;
    private readonly ContextAnomalyStage _stage;

    internal ContextAnomalyLabelingTransformer(IHostEnvironment environment, ContextAnomalyModel model)
    {
        _model = model;
        _stage = new ContextAnomalyStage(environment, model);
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

    void ICanSaveModel.Save(ModelSaveContext ctx) => new ModelStreamWriter(ctx, Kind).WriteJson("labeler.json", _model, ModelJson.Default.ContextAnomalyModel);

    internal static ContextAnomalyLabelingTransformer Load(IHostEnvironment environment, ModelStreamReader reader) =>
        new(environment.Register(nameof(ContextAnomalyLabelingTransformer)), reader.ReadJson("labeler.json", ModelJson.Default.ContextAnomalyModel).Validated());
}
