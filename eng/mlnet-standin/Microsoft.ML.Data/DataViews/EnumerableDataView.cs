using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>Objects as rows. A list knows its count and can be shuffled; anything else is enumerated anew by every cursor.</summary>
internal sealed class EnumerableDataView<TRow>(IEnumerable<TRow> rows, RowReader<TRow> reader) : IDataView
    where TRow : class
{
    public bool CanShuffle => rows is IList<TRow>;

    public DataViewSchema Schema => reader.Schema;

    public long? GetRowCount() => (rows as IList<TRow>)?.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null) => new Cursor(reader, Ordered(rand), columnsNeeded);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private IEnumerable<(TRow Row, long Id)> Ordered(Random rand)
    {
        if (rand is null || rows is not IList<TRow> list)
            return rows.Select((row, i) => (row, (long)i));
        var order = Enumerable.Range(0, list.Count).ToArray();
        rand.Shuffle(order);
        return order.Select(i => (list[i], (long)i));
    }

    private sealed class Cursor(RowReader<TRow> reader, IEnumerable<(TRow Row, long Id)> rows, IEnumerable<DataViewSchema.Column> columnsNeeded) : DataViewRowCursor
    {
        private readonly HashSet<int> _active = [.. columnsNeeded.Select(c => c.Index)];
        private readonly IEnumerator<(TRow Row, long Id)> _rows = rows.GetEnumerator();
        private long _position = -1;

        public override long Position => _position;

        public override long Batch => 0;

        public override DataViewSchema Schema => reader.Schema;

        public override bool MoveNext()
        {
            bool moved = _rows.MoveNext();
            _position = moved ? _position + 1 : -1;
            if (moved && _rows.Current.Row is null)
                throw new InvalidOperationException("Encountered null when iterating over data, this is not supported.");
            return moved;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)Current().Id, 0);

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            IsColumnActive(column) ? reader.GetGetter<TValue>(column, () => Current().Row) : throw Columns.NotActive(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _rows.Dispose();
        }

        private (TRow Row, long Id) Current() =>
            _position >= 0 ? _rows.Current : throw new InvalidOperationException("Cannot call getter as the cursor is not at a row: before the first MoveNext, or after the last.");
    }
}
