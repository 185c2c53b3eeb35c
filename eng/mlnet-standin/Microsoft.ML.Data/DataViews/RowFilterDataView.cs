using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>The rows of a view that a test lets through; the test may read columns, count rows or stop the cursor.</summary>
internal sealed class RowFilterDataView(IDataView source, DataViewSchema.Column[] testedColumns, Func<DataViewRow, RowFilterDataView.Test> makeTest) : IDataView
{
    /// <summary>Judges the row that the cursor stands on.</summary>
    public delegate Verdict Test();

    /// <summary>What becomes of a row.</summary>
    public enum Verdict
    {
        Skip,
        Keep,
        Stop,
    }

    // The test sees the rows in order; shuffled input would make another selection of every pass.
    public bool CanShuffle => false;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var active = columnsNeeded.ToArray();
        return new Cursor(source.GetRowCursor(active.Concat(testedColumns).DistinctBy(c => c.Index)), active, makeTest);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewRowCursor input, DataViewSchema.Column[] active, Func<DataViewRow, Test> makeTest) : DataViewRowCursor
    {
        private readonly HashSet<int> _active = [.. active.Select(c => c.Index)];
        private readonly Test _test = makeTest(input);
        private long _position = -1;
        private bool _ended;

        public override long Position => _position;

        public override long Batch => input.Batch;

        public override DataViewSchema Schema => input.Schema;

        public override bool MoveNext()
        {
            while (!_ended && input.MoveNext())
            {
                var verdict = _test();
                if (verdict == Verdict.Keep)
                {
                    _position++;
                    return true;
                }
                _ended = verdict == Verdict.Stop;
            }
            _ended = true;
            _position = -1;
            return false;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            IsColumnActive(column) ? input.GetGetter<TValue>(column) : throw Columns.NotActive(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                input.Dispose();
        }
    }
}
