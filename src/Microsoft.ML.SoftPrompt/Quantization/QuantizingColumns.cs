using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt;

/// <summary>The columns that quantizing reads, found and checked.</summary>
internal sealed class QuantizingColumns
{
    public const string SeriesRole = "series";
    public const string SeriesType = "a vector of Single";

    public QuantizingColumns(DataViewSchema schema, string series, string? group)
    {
        Series = SchemaErrors.Find(schema, series, SeriesRole);
        if (Series.Type is not VectorDataViewType type || !type.ItemType.Equals(NumberDataViewType.Single))
            throw SchemaErrors.WrongType(series, SeriesRole, Series.Type.ToString()!, SeriesType, "Cut readings into series with Data.WindowSeries, or convert with Transforms.Conversion.ConvertType.");
        SeriesLength = type.Size;
        if (group is null)
            return;
        Group = SchemaErrors.Find(schema, group, "group");
        GroupColumn.Check(group, Group.Value.Type);
    }

    public DataViewSchema.Column Series { get; }

    /// <summary>Values in every series; 0 where series differ in length.</summary>
    public int SeriesLength { get; }

    public DataViewSchema.Column? Group { get; }

    public IEnumerable<DataViewSchema.Column> All => Group is { } group && group.Index != Series.Index ? [Series, group] : [Series];
}
