using System;
using System.Collections.Generic;

namespace Microsoft.ML.Data;

/// <summary>The rows of a view in an order drawn anew, from the same seed, by every cursor.</summary>
internal sealed class ShuffledDataView(IDataView source, int seed) : IDataView
{
    private readonly CacheDataView _rows = new(source);

    public bool CanShuffle => true;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null) => _rows.GetRowCursor(columnsNeeded, rand ?? new Random(seed));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) => [GetRowCursor(columnsNeeded, rand)];
}
