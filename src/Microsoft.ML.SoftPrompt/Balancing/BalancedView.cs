using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Balancing;

/// <summary>
/// The rows that train and validate, in order and read when they are asked for, and the synthetic rows behind them. What to add is worked
/// out once, when the first cursor is opened.
/// </summary>
internal sealed class BalancedView : IDataView
{
    private readonly IDataView _source;
    private readonly StageSchema _schema;
    private readonly BalancingInput _columns;
    private readonly Lazy<BalancingPlan> _plan;

    public BalancedView(IRowStage stage, IDataView source, TSmoteBalancer.Options options)
    {
        _source = source;
        _schema = new StageSchema(stage, source.Schema);
        _columns = new BalancingInput(source.Schema, options);
        _plan = new Lazy<BalancingPlan>(() => BalancingPlan.Make(source, _columns, options));
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema => _schema.Output;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var active = columnsNeeded.ToArray();
        var plan = _plan.Value;
        return new BalancedCursor(_schema, plan, _columns.Series, _source.GetRowCursor(_schema.GetDependencies(active)), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
