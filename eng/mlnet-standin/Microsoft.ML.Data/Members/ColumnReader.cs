using System;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>Reads a column as a member's type: text also as string, vectors also as arrays.</summary>
internal static class ColumnReader
{
    /// <summary>Makes, over a row, a function from the member's old value (an array is filled again where its length fits) to the new one.</summary>
    public static Func<DataViewRow, Func<TMember, TMember>> For<TMember>(DataViewSchema.Column column, string what)
    {
        bool isVector = MemberAccess.IsVector(typeof(TMember), out var item);
        var rawItem = item == typeof(string) ? typeof(ReadOnlyMemory<char>) : item;
        var columnItem = column.Type is VectorDataViewType vector ? vector.ItemType.RawType : column.Type.RawType;
        if (isVector != column.Type is VectorDataViewType || rawItem != columnItem)
            throw new InvalidOperationException($"Can't bind the IDataView column '{column.Name}' of type '{column.Type}' to {what}.");

        object make = typeof(TMember) == typeof(string) ? (Func<DataViewRow, Func<string, string>>)(row => Text(row, column))
            : typeof(TMember) == typeof(string[]) ? (Func<DataViewRow, Func<string[], string[]>>)(row => Texts(row, column))
            : typeof(TMember).IsArray ? (Func<DataViewRow, Func<TMember, TMember>>)(row =>
                (Func<TMember, TMember>)MemberAccess.CallGeneric(typeof(ColumnReader), nameof(Array), [item], row, column))
            : (Func<DataViewRow, Func<TMember, TMember>>)(row => Direct<TMember>(row, column));
        return (Func<DataViewRow, Func<TMember, TMember>>)make;
    }

    private static Func<TValue, TValue> Direct<TValue>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<TValue>(column);
        return old =>
        {
            getter(ref old);
            return old;
        };
    }

    private static Func<string, string> Text(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        return _ =>
        {
            ReadOnlyMemory<char> text = default;
            getter(ref text);
            return text.ToString();
        };
    }

    private static Func<string[], string[]> Texts(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column);
        VBuffer<ReadOnlyMemory<char>> buffer = default;
        return _ =>
        {
            getter(ref buffer);
            return [.. buffer.DenseValues().Select(t => t.ToString())];
        };
    }

    private static Func<TItem[], TItem[]> Array<TItem>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<VBuffer<TItem>>(column);
        VBuffer<TItem> buffer = default;
        return old =>
        {
            getter(ref buffer);
            var array = old?.Length == buffer.Length ? old : new TItem[buffer.Length];
            buffer.CopyTo(array);
            return array;
        };
    }
}
