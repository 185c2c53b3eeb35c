using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.Tests.Stages;

/// <summary>Rows as text that differs wherever a bit does.</summary>
internal static class ViewText
{
    /// <summary>A line a row, of the named columns; of all columns where none is named.</summary>
    public static string[] Of(IDataView view, params string[] columns)
    {
        var wanted = view.Schema.Where(column => !column.IsHidden && (columns.Length == 0 || columns.Contains(column.Name))).ToArray();
        using var cursor = view.GetRowCursor(wanted);
        var readers = Array.ConvertAll(wanted, column => Reader(cursor, column));
        var lines = new List<string>();
        while (cursor.MoveNext())
            lines.Add(Line(wanted, readers));
        return [.. lines];
    }

    /// <summary>The current row's line.</summary>
    public static Func<string> Of(DataViewRow row, params string[] columns)
    {
        var wanted = row.Schema.Where(column => !column.IsHidden && columns.Contains(column.Name)).ToArray();
        var readers = Array.ConvertAll(wanted, column => Reader(row, column));
        return () => Line(wanted, readers);
    }

    private static string Line(DataViewSchema.Column[] columns, Func<string>[] readers) => string.Join("; ", columns.Zip(readers, (column, read) => $"{column.Name} = {read()}"));

    private static Func<string> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        Type type = column.Type is VectorDataViewType vector ? vector.ItemType.RawType : column.Type.RawType;
        string method = column.Type is VectorDataViewType ? nameof(Vector) : nameof(Scalar);
        return (Func<string>)typeof(ViewText).GetMethod(method, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, [row, column])!;
    }

    private static Func<string> Scalar<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return Text(value);
        };
    }

    private static Func<string> Vector<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> value = default;
        return () =>
        {
            getter(ref value);
            return $"[{string.Join(", ", value.DenseValues().Select(Text))}]";
        };
    }

    private static string Text<T>(T value) => value switch
    {
        float number => BitConverter.SingleToInt32Bits(number).ToString("x8", CultureInfo.InvariantCulture),
        double number => BitConverter.DoubleToInt64Bits(number).ToString("x16", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
