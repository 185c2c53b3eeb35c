using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>A row of the input with a stage's columns behind it.</summary>
internal sealed class StageRow : DataViewRow
{
    private readonly StageSchema _schema;
    private readonly DataViewRow _input;
    private readonly HashSet<int> _active;
    private readonly StageGetters? _stage;
    private bool _disposed;

    public StageRow(IRowStage stage, StageSchema schema, DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        _schema = schema;
        _input = input;
        _active = activeColumns.Select(column => column.Index).ToHashSet();
        if (_active.Any(index => index >= schema.Input.Count))
            _stage = stage.Open(input);
    }

    public override DataViewSchema Schema => _schema.Output;

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw SchemaErrors.NotActive(column);
        return _schema.IsAdded(column)
            ? SchemaErrors.Cast<TValue>(_stage!.Getters[column.Index - _schema.Input.Count], column)
            : _input.GetGetter<TValue>(_schema.Input[column.Index]);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _stage?.Finished?.Invoke();
            _input.Dispose();
        }
        base.Dispose(disposing);
    }
}
