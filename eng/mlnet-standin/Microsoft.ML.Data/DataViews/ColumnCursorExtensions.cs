using System;
using System.Collections.Generic;

namespace Microsoft.ML.Data;

/// <summary>A column's values as an enumerable.</summary>
public static class ColumnCursorExtensions
{
    public static IEnumerable<T> GetColumn<T>(this IDataView data, string columnName)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(columnName);
        var column = data.Schema.GetColumnOrNull(columnName) ?? throw Columns.Missing(columnName, "input");
        return data.GetColumn<T>(column);
    }

    public static IEnumerable<T> GetColumn<T>(this IDataView data, DataViewSchema.Column column)
    {
        ArgumentNullException.ThrowIfNull(data);
        // The values' reader is the one that binds a class's members: a T is read as a member of type T would be.
        var read = ColumnReader.For<T>(column, $"the type parameter '{typeof(T)}'");
        return Values();

        IEnumerable<T> Values()
        {
            using var cursor = data.GetRowCursor([column]);
            var next = read(cursor);
            while (cursor.MoveNext())
                yield return next(default);
        }
    }
}
