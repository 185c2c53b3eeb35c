using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt;

/// <summary>The columns that quantizing reads, found and checked.</summary>
internal sealed class QuantizingColumns(DataViewSchema schema, string series, string? group)
{
    public DataViewSchema.Column Series { get; } = SeriesColumn.Find(schema, series);

    public DataViewSchema.Column? Group { get; } = group is null ? null : GroupColumn.Find(schema, group);

    /// <summary>Values in every series; 0 where series differ in length.</summary>
    public int SeriesLength => ((VectorDataViewType)Series.Type).Size;

    public IEnumerable<DataViewSchema.Column> All => Group is { } found ? [Series, found] : [Series];
}
