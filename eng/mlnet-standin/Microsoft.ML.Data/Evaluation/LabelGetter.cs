using System;
using System.Collections.Generic;

namespace Microsoft.ML.Data;

/// <summary>Labels and scores of a view as single-precision numbers.</summary>
internal static class LabelGetter
{
    public static bool IsTwoKey(DataViewType type) => type is KeyDataViewType { Count: 2 };

    /// <summary>The label as a number: true and the second key are 1, false and the first key 0, a missing key NaN.</summary>
    public static Func<float> Over(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is KeyDataViewType)
        {
            return column.Type.RawType == typeof(byte) ? Read<byte>(row, column, k => FromKey(k))
                : column.Type.RawType == typeof(ushort) ? Read<ushort>(row, column, k => FromKey(k))
                : column.Type.RawType == typeof(uint) ? Read<uint>(row, column, k => FromKey(k))
                : Read<ulong>(row, column, k => FromKey(k));
        }
        return column.Type is BooleanDataViewType ? Read<bool>(row, column, b => b ? 1 : 0)
            : column.Type.RawType == typeof(double) ? Read<double>(row, column, d => (float)d)
            : Read<float>(row, column, f => f);
    }

    public static Func<float> Single(DataViewRow row, DataViewSchema.Column column) => Read<float>(row, column, f => f);

    public static DataViewSchema.Column FindSingle(DataViewSchema schema, string name, string role)
    {
        var column = Columns.Find(schema, name, role);
        return column.Type.Equals(NumberDataViewType.Single) ? column : throw Columns.Mismatch(name, role, "Single", column.Type.ToString());
    }

    /// <summary>Every row's label, score and whatever else is asked for; rows without a finite score or a label are left out, as in ML.NET.</summary>
    public static List<(float Label, float Score, float Probability)> Rows(
        IDataView data, DataViewSchema.Column label, DataViewSchema.Column score, DataViewSchema.Column? probability)
    {
        var rows = new List<(float, float, float)>();
        using var cursor = data.GetRowCursor(probability is { } p ? [label, score, p] : [label, score]);
        var getLabel = Over(cursor, label);
        var getScore = Single(cursor, score);
        var getProbability = probability is { } column ? Single(cursor, column) : () => float.NaN;
        while (cursor.MoveNext())
        {
            float l = getLabel();
            float s = getScore();
            if (float.IsFinite(s) && !float.IsNaN(l))
                rows.Add((l, s, getProbability()));
        }
        return rows;
    }

    private static float FromKey(ulong key) => key == 0 ? float.NaN : key - 1;

    private static Func<float> Read<TValue>(DataViewRow row, DataViewSchema.Column column, Func<TValue, float> number)
    {
        var getter = row.GetGetter<TValue>(column);
        return () =>
        {
            TValue value = default;
            getter(ref value);
            return number(value);
        };
    }
}
