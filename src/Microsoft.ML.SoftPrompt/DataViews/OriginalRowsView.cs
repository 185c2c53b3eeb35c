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

    private sealed class Cursor(DataViewRowCursor source, BalancingColumns balancing, DataViewSchema.Column[] active) : SourceCursor(source)
    {
        private readonly Func<(bool IsSynthetic, bool IsValidation)> _read = balancing.Open(source);
        private readonly HashSet<int> _active = active.Select(column => column.Index).ToHashSet();

        public override DataViewSchema Schema => Source.Schema;

        public override long Batch => Source.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter() => Source.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => IsColumnActive(column)
            ? Source.GetGetter<TValue>(column)
            : throw SchemaErrors.NotActive(column);

        protected override bool MoveToNext()
        {
            while (Source.MoveNext())
                if (!_read().IsSynthetic)
                    return true;
            return false;
        }
    }
}
