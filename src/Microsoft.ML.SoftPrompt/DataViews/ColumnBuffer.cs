using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>Keeps the values of one column of a block of rows.</summary>
internal abstract class ColumnBuffer
{
    public abstract void Read(int row);

    /// <summary>A buffer for a column of any type: which one is known at run time only.</summary>
    public static ColumnBuffer Create(DataViewRow source, DataViewSchema.Column column, int rows)
    {
        Type buffer = column.Type is VectorDataViewType vector
            ? typeof(VectorColumnBuffer<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(ColumnBuffer<>).MakeGenericType(column.Type.RawType);
        var getGetter = typeof(DataViewRow).GetMethod(nameof(DataViewRow.GetGetter))!.MakeGenericMethod(column.Type.RawType);
        return (ColumnBuffer)Activator.CreateInstance(buffer, getGetter.Invoke(source, [column]), rows)!;
    }
}

/// <summary>Values that are copied by assignment.</summary>
internal class ColumnBuffer<TValue>(ValueGetter<TValue> getter, int rows) : ColumnBuffer
{
    public TValue[] Values { get; } = new TValue[rows];

    public override void Read(int row) => getter(ref Values[row]);

    public virtual void CopyTo(int row, ref TValue value) => value = Values[row];
}

/// <summary>Vectors are copied whole, since whoever reads one owns its buffer.</summary>
internal sealed class VectorColumnBuffer<TItem>(ValueGetter<VBuffer<TItem>> getter, int rows) : ColumnBuffer<VBuffer<TItem>>(getter, rows)
{
    public override void CopyTo(int row, ref VBuffer<TItem> value) => Values[row].CopyTo(ref value);
}
