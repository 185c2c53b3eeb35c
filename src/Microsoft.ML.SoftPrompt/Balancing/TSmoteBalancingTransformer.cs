using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Balancing;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Passes rows on as they are, with <c>IsSynthetic</c> and <c>IsValidation</c> (Boolean, both false) added; only to the stages that a chain
/// fits after it does it show balanced rows. Immutable and safe for concurrent use.
/// </summary>
public sealed class TSmoteBalancingTransformer : ITransformerWithDifferentMappingAtTrainingTime
{
    internal static readonly ModelKind Kind = new("SPTSMOTE", "SoftPromptTSmote", 1);

    private const string Document = "balancer.json";

    private readonly TSmoteBalancer.Options _options;
    private readonly BalancingStage _stage = new();

    /// <summary>Makes a transformer.</summary>
    /// <param name="options">Validated, with a seed.</param>
    internal TSmoteBalancingTransformer(TSmoteBalancer.Options options) => _options = options;

    /// <summary>Gets the name of the column that is interpolated.</summary>
    public string ColumnName => _options.ColumnName;

    /// <summary>Gets the name of the label column.</summary>
    public string LabelColumnName => _options.LabelColumnName;

    /// <summary>Gets the seed.</summary>
    public int Seed => _options.Seed!.Value;

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    /// <summary>
    /// Gives the balanced rows of data: those that train and those that validate, in the data's order, then the synthetic ones. The same data
    /// give the same rows, and the rows that a chain fits the following stages on.
    /// </summary>
    /// <param name="input">Data with the series, the labels and the columns that decide the split. It is read once more when the first cursor is opened; the minority's series are then kept in memory.</param>
    /// <returns>The input's columns, <c>IsSynthetic</c> (true for a row that was made) and <c>IsValidation</c> (true for a row that was held out). Rows that the split leaves out are not in it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">When rows are read: for the reasons of <see cref="TSmoteBalancer.Fit(IDataView)"/>, or the data has another number of rows than when it was balanced.</exception>
    public IDataView Balance(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new BalancedView(_stage, input, _options);
    }

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

    IDataView ITransformerWithDifferentMappingAtTrainingTime.TransformForTrainingPipeline(IDataView input) => Balance(input);

    void ICanSaveModel.Save(ModelSaveContext ctx) => new ModelStreamWriter(ctx, Kind).WriteJson(Document, _options, ModelJson.Default.BalancerOptions);

    internal static TSmoteBalancingTransformer Load(ModelStreamReader reader)
    {
        var options = reader.ReadJson(Document, ModelJson.Default.BalancerOptions);
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"Stream '{Document}' of the model file: {e.Message}", e);
        }
        if (options.Seed is null)
            throw new InvalidDataException($"Stream '{Document}' of the model file has no seed; expected one.");
        return new TSmoteBalancingTransformer(options);
    }
}
