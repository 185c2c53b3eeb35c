using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>A stage bound to an input schema, row by row: what prediction engines use.</summary>
internal sealed class StageMapper(IRowStage stage, DataViewSchema input) : IRowToRowMapper
{
    private readonly StageSchema _schema = new(stage, input);

    public DataViewSchema InputSchema => _schema.Input;

    public DataViewSchema OutputSchema => _schema.Output;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        _schema.GetDependencies(dependingColumns);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(activeColumns);
        if (input.Schema != InputSchema)
            throw new ArgumentException("The row has another schema than the one this mapper was made for.", nameof(input));
        return new StageRow(stage, _schema, input, activeColumns);
    }
}
