using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>Keeps each column's values in memory from the first time it is asked for.</summary>
internal sealed class CacheDataView(IDataView source) : IDataView
{
    private readonly Dictionary<int, Delegate> _read = [];
    private long? _count;

    public bool CanShuffle => true;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => _count ?? source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var active = columnsNeeded.DistinctBy(c => c.Index).ToArray();
        Dictionary<int, Delegate> columns;
        long count;
        lock (_read)
        {
            Fill(active.Where(c => !_read.ContainsKey(c.Index)).ToArray());
            columns = active.ToDictionary(c => c.Index, c => _read[c.Index]);
            count = _count.Value;
        }
        var order = Enumerable.Range(0, checked((int)count)).ToArray();
        rand?.Shuffle(order);
        return new Cursor(Schema, columns, order);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private void Fill(DataViewSchema.Column[] columns)
    {
        if (columns.Length == 0 && _count is not null)
            return;
        using var cursor = source.GetRowCursor(columns);
        var stores = Array.ConvertAll(columns, c => Store.Create(cursor, c));
        long count = 0;
        for (; cursor.MoveNext(); count++)
        {
            foreach (var store in stores)
                store.Add();
        }
        _count = count;
        for (int i = 0; i < columns.Length; i++)
            _read.Add(columns[i].Index, stores[i].Reader);
    }

    /// <summary>Copies the value of a kept row.</summary>
    private delegate void RowReader<TValue>(int row, ref TValue value);

    private abstract class Store
    {
        public abstract Delegate Reader { get; }

        public static Store Create(DataViewRow row, DataViewSchema.Column column)
        {
            var type = column.Type is VectorDataViewType vector
                ? typeof(VectorStore<>).MakeGenericType(vector.ItemType.RawType)
                : typeof(ScalarStore<>).MakeGenericType(column.Type.RawType);
            return (Store)Activator.CreateInstance(type, row, column);
        }

        public abstract void Add();
    }

    private sealed class ScalarStore<TValue>(DataViewRow row, DataViewSchema.Column column) : Store
    {
        private readonly List<TValue> _values = [];
        private readonly ValueGetter<TValue> _getter = row.GetGetter<TValue>(column);

        public override Delegate Reader => new RowReader<TValue>((int i, ref TValue value) => value = _values[i]);

        public override void Add()
        {
            TValue value = default;
            _getter(ref value);
            _values.Add(value);
        }
    }

    private sealed class VectorStore<TItem>(DataViewRow row, DataViewSchema.Column column) : Store
    {
        private readonly List<VBuffer<TItem>> _values = [];
        private readonly ValueGetter<VBuffer<TItem>> _getter = row.GetGetter<VBuffer<TItem>>(column);

        public override Delegate Reader => new RowReader<VBuffer<TItem>>((int i, ref VBuffer<TItem> value) => _values[i].CopyTo(ref value));

        public override void Add()
        {
            VBuffer<TItem> value = default;
            _getter(ref value);
            _values.Add(value);
        }
    }

    private sealed class Cursor(DataViewSchema schema, Dictionary<int, Delegate> columns, int[] order) : DataViewRowCursor
    {
        private int _position = -1;

        public override long Position => _position < order.Length ? _position : -1;

        public override long Batch => 0;

        public override DataViewSchema Schema => schema;

        public override bool MoveNext() => _position < order.Length && ++_position < order.Length;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)order[_position], 0);

        public override bool IsColumnActive(DataViewSchema.Column column) => columns.ContainsKey(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!columns.TryGetValue(column.Index, out var reader))
                throw Columns.NotActive(column);
            if (reader is not RowReader<TValue> typed)
                return Columns.Cast<TValue>(null, column);
            return (ref TValue value) => typed(order[_position], ref value);
        }
    }
}
