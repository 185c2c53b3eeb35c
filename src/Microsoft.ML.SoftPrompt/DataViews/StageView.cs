using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Streaming;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>A data view with a stage's columns, computed when a cursor asks for them.</summary>
internal sealed class StageView(IRowStage stage, IDataView source) : IDataView
{
    private readonly StageSchema _schema = new(stage, source.Schema);

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => _schema.Output;

    /// <summary>Gets whether behind all stages there are windows in memory, which are scored together.</summary>
    private bool IsBatch => source is WindowsView or StageView { IsBatch: true };

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var active = columnsNeeded.ToArray();
        var cursor = source.GetRowCursor(_schema.GetDependencies(active), rand);
        if (stage.ReadAheadRows > 1 && active.Any(_schema.IsAdded))
            cursor = new ReadAheadCursor(cursor, (int)Math.Clamp(GetRowCount() ?? long.MaxValue, 1, stage.ReadAheadRows), IsBatch);
        return new RowCursor(cursor, new StageRow(stage, _schema, cursor, active));
    }

    // One cursor, since a stage that is worth spreading over threads does so by itself, a block of rows at a time.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class RowCursor(DataViewRowCursor source, StageRow row) : DataViewRowCursor
    {
        public override DataViewSchema Schema => row.Schema;

        public override long Position => source.Position;

        public override long Batch => source.Batch;

        public override bool MoveNext() => source.MoveNext();

        public override ValueGetter<DataViewRowId> GetIdGetter() => row.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => row.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => row.GetGetter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                row.Dispose();
            base.Dispose(disposing);
        }
    }
}
