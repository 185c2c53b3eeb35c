using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Sweeping;

/// <summary>Some rows of a view, in its order.</summary>
/// <param name="source">The view.</param>
/// <param name="isIn">Which of its rows, by their place.</param>
internal sealed class RowsView(IDataView source, bool[] isIn) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => isIn.Count(one => one);

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        return new Cursor(source.GetRowCursor(columnsNeeded), isIn);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];

    private sealed class Cursor(DataViewRowCursor source, bool[] isIn) : SourceCursor(source)
    {
        private int _row = -1;

        public override DataViewSchema Schema => Source.Schema;

        public override long Batch => 0;

        public override ValueGetter<DataViewRowId> GetIdGetter() => Source.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => Source.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => Source.GetGetter<TValue>(column);

        protected override bool MoveToNext()
        {
            while (Source.MoveNext())
            {
                if (++_row >= isIn.Length)
                    throw new InvalidOperationException($"The readings have more rows now than the {isIn.Length:N0} that they had when the sweep began; expected the same data each time it is read.");
                if (isIn[_row])
                    return true;
            }
            return false;
        }
    }
}
