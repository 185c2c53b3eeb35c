using System;

namespace Microsoft.ML.Data;

/// <summary>One object after another as a row.</summary>
internal sealed class ObjectRow<TRow>(RowReader<TRow> reader) : DataViewRow
    where TRow : class
{
    private TRow _current;
    private long _position = -1;

    public override long Position => _position;

    public override long Batch => 0;

    public override DataViewSchema Schema => reader.Schema;

    public void MoveTo(TRow row)
    {
        _current = row;
        _position++;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)_position, 0);

    public override bool IsColumnActive(DataViewSchema.Column column) => true;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        reader.GetGetter<TValue>(column, () => _current ?? throw new InvalidOperationException("Cannot call a getter before the first example."));
}
