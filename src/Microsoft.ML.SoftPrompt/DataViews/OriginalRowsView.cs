using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>A view without the rows that BalanceTSmote made.</summary>
internal sealed class OriginalRowsView : IDataView
{
    private readonly IDataView _source;
    private readonly BalancingColumns _balancing;

    private OriginalRowsView(IDataView source, BalancingColumns balancing)
    {
        _source = source;
        _balancing = balancing;
    }

    /// <summary>The view itself where its rows do not come from BalanceTSmote.</summary>
    public static IDataView Of(IDataView source) => BalancingColumns.Find(source.Schema) is { } balancing ? new OriginalRowsView(source, balancing) : source;

    public bool CanShuffle => _source.CanShuffle;

    public DataViewSchema Schema => _source.Schema;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var active = columnsNeeded.ToArray();
        return new Cursor(_source.GetRowCursor(active.Concat(_balancing.All).DistinctBy(column => column.Index), rand), _balancing, active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewRowCursor source, BalancingColumns balancing, DataViewSchema.Column[] active) : DataViewRowCursor
    {
        private readonly Func<(bool IsSynthetic, bool IsValidation)> _read = balancing.Open(source);
        private readonly HashSet<int> _active = active.Select(column => column.Index).ToHashSet();
        private long _position = -1;

        public override DataViewSchema Schema => source.Schema;

        public override long Position => _position;

        public override long Batch => source.Batch;

        public override bool MoveNext()
        {
            while (source.MoveNext())
            {
                if (_read().IsSynthetic)
                    continue;
                _position++;
                return true;
            }
            return false;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => IsColumnActive(column)
            ? source.GetGetter<TValue>(column)
            : throw new ArgumentOutOfRangeException(nameof(column), $"Column '{column.Name}' was not among the columns asked for when this cursor was made.");

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}
