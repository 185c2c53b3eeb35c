using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Streaming;

/// <summary>Windows in memory as data, a row a window. ML.NET's own view of objects compiles its getters anew for every view, which takes longer than scoring a window.</summary>
internal sealed class WindowsView(DataViewSchema schema, IReadOnlyList<ScoredWindow> windows) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => schema;

    /// <summary>The columns of windows.</summary>
    /// <param name="seriesColumnName">Name of the values' column.</param>
    /// <param name="groupColumnName">Name of the keys' column; null for none.</param>
    /// <param name="size">Values in a window; 0 where windows differ in size.</param>
    public static DataViewSchema CreateSchema(string seriesColumnName, string? groupColumnName, int size)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(seriesColumnName, new VectorDataViewType(NumberDataViewType.Single, size));
        if (groupColumnName is not null)
            builder.AddColumn(groupColumnName, TextDataViewType.Instance);
        return builder.ToSchema();
    }

    public long? GetRowCount() => windows.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(schema, windows);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewSchema schema, IReadOnlyList<ScoredWindow> windows) : DataViewRowCursor
    {
        private int _row = -1;
        private bool _ended;

        public override DataViewSchema Schema => schema;

        public override long Position => _row;

        public override long Batch => 0;

        public override bool MoveNext()
        {
            _ended = _ended || _row + 1 >= windows.Count;
            // Behind the last row the position is that before the first.
            _row = _ended ? -1 : _row + 1;
            return !_ended;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_row, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            SchemaErrors.Cast<TValue>(column.Index == 0 ? (ValueGetter<VBuffer<float>>)GetValues : (ValueGetter<ReadOnlyMemory<char>>)GetKey, column);

        private void GetValues(ref VBuffer<float> values)
        {
            float[] window = windows[_row].Values;
            var editor = VBufferEditor.Create(ref values, window.Length);
            window.CopyTo(editor.Values);
            values = editor.Commit();
        }

        private void GetKey(ref ReadOnlyMemory<char> key) => key = windows[_row].Key.AsMemory();
    }
}
