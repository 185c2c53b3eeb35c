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
        foreach (var column in schema)
            if (!column.IsHidden && column.Type.Equals(NumberDataViewType.Int64) && column.Annotations.Schema.GetColumnOrNull(GroupAnnotation) is { Type: TextDataViewType })
            {
                ReadOnlyMemory<char> group = default;
                column.Annotations.GetValue(GroupAnnotation, ref group);
                return (column, !group.IsEmpty && schema.GetColumnOrNull(group.ToString()) is { } found && GroupColumn.IsGroup(found.Type) ? found : null);
            }
        return (null, null);
    }
}
