using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>
/// The column with the index of a window's first reading within its series. WindowSeries marks it with an annotation, which stays with
/// it through other stages, so that a trainer knows it from any other column that happens to be called so.
/// </summary>
internal static class WindowStart
{
    public const string ColumnName = "Start";

    // Its value is the name of the group column, empty where all readings are one series.
    private const string GroupAnnotation = "WindowSeriesGroup";

    public static DataViewSchema.Annotations Annotate(string? groupColumnName)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddPrimitiveValue(GroupAnnotation, TextDataViewType.Instance, (groupColumnName ?? "").AsMemory());
        return builder.ToAnnotations();
    }

    /// <summary>The column that WindowSeries made, with the column of its groups where both are still there. A stage may have put something else, e.g. a one-hot vector, in the place of the groups.</summary>
    public static (DataViewSchema.Column? Start, DataViewSchema.Column? Group) Find(DataViewSchema schema)
    {
        if (FindStart(schema) is not { } start)
            return (null, null);
        return (start, GetGroupName(start) is { } group && schema.GetColumnOrNull(group) is { } found && GroupColumn.IsGroup(found.Type) ? found : null);
    }

    /// <summary>The name that the group column had when the windows were cut; null where all readings were one series.</summary>
    public static string? GetGroupName(DataViewSchema.Column start)
    {
        ReadOnlyMemory<char> group = default;
        start.Annotations.GetValue(GroupAnnotation, ref group);
        return group.IsEmpty ? null : group.ToString();
    }

    private static DataViewSchema.Column? FindStart(DataViewSchema schema)
    {
        foreach (var column in schema)
            if (!column.IsHidden && column.Type.Equals(NumberDataViewType.Int64) && column.Annotations.Schema.GetColumnOrNull(GroupAnnotation) is { Type: TextDataViewType })
                return column;
        return null;
    }
}
