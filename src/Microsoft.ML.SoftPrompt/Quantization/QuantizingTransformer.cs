using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt;

/// <summary>Turns series into tokens with the ranges that <see cref="QuantizingEstimator"/> learned. Immutable and safe for concurrent use.</summary>
/// <remarks>
/// Values outside the fitted range go to the first or the last bin; how many did is said once a cursor, as a warning in the log.
/// </remarks>
public sealed class QuantizingTransformer : ITransformer
{
    internal static readonly ModelKind Kind = new("SPQUANTZ", "SoftPromptQuantizer", 1);

    private readonly QuantizingModel _model;
    private readonly QuantizingStage _stage;

    internal QuantizingTransformer(IHostEnvironment environment, QuantizingModel model)
    {
        _model = model;
        _stage = new QuantizingStage(environment, model);
    }

    /// <summary>Gets the number of bins N.</summary>
    public int BinCount => _model.BinCount;

    /// <summary>Gets the smallest value of the fitted data, over all groups.</summary>
    public float Minimum => _model.Ranges.Whole.Minimum;

    /// <summary>Gets the largest value of the fitted data, over all groups.</summary>
    public float Maximum => _model.Ranges.Whole.Maximum;

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

    void ICanSaveModel.Save(ModelSaveContext ctx) => new ModelStreamWriter(ctx, Kind).WriteJson("quantizer.json", _model);

    internal static QuantizingTransformer Load(IHostEnvironment environment, ModelStreamReader reader) =>
        new(environment.Register(nameof(QuantizingTransformer)), reader.ReadJson<QuantizingModel>("quantizer.json").Validated());
}
