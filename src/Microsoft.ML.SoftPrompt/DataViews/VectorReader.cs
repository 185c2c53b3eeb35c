using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>Reads a vector column as dense values, whatever form its rows have.</summary>
internal sealed class VectorReader<TItem>(DataViewRow row, DataViewSchema.Column column)
{
    private readonly ValueGetter<VBuffer<TItem>> _getter = row.GetGetter<VBuffer<TItem>>(column);
    private VBuffer<TItem> _buffer;
    private TItem[] _dense = [];

    /// <summary>The current row's values; valid until the next call.</summary>
    public ReadOnlySpan<TItem> Read()
    {
        _getter(ref _buffer);
        return Dense(_buffer, ref _dense);
    }

    public static ReadOnlySpan<TItem> Dense(in VBuffer<TItem> buffer, ref TItem[] scratch)
    {
        if (buffer.IsDense)
            return buffer.GetValues();
        if (scratch.Length < buffer.Length)
            scratch = new TItem[buffer.Length];
        buffer.CopyTo(scratch);
        return scratch.AsSpan(0, buffer.Length);
    }
}
