using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>A view whose rows a mapper makes of another view's.</summary>
internal sealed class MappedDataView(IDataView source, IRowToRowMapper mapper) : IDataView
{
    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => mapper.OutputSchema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var active = columnsNeeded.ToArray();
        return new Cursor(source.GetRowCursor(mapper.GetDependencies(active), rand), mapper, active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var active = columnsNeeded.ToArray();
        return [.. source.GetRowCursorSet(mapper.GetDependencies(active), n, rand).Select(c => new Cursor(c, mapper, active))];
    }

    private sealed class Cursor(DataViewRowCursor input, IRowToRowMapper mapper, DataViewSchema.Column[] active) : DataViewRowCursor
    {
        private readonly DataViewRow _row = mapper.GetRow(input, active);

        public override long Position => _row.Position;

        public override long Batch => _row.Batch;

        public override DataViewSchema Schema => mapper.OutputSchema;

        public override bool MoveNext() => input.MoveNext();

        public override ValueGetter<DataViewRowId> GetIdGetter() => _row.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => _row.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _row.GetGetter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _row.Dispose();
        }
    }
}
