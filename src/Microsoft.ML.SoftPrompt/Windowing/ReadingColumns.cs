using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Windowing;

/// <summary>The columns of the readings, found and checked.</summary>
internal sealed class ReadingColumns
{
    public ReadingColumns(DataViewSchema schema, WindowSeriesOptions options)
    {
        Value = SchemaErrors.Find(schema, options.InputColumnName ?? options.OutputColumnName, "value");
        if (!Value.Type.Equals(NumberDataViewType.Single))
            throw SchemaErrors.WrongType(Value.Name, "value", Value.Type.ToString()!, "Single, one a row", "Convert it with Transforms.Conversion.ConvertType first.");
        if (options.LabelColumnName is not null)
        {
            Label = SchemaErrors.Find(schema, options.LabelColumnName, "label");
            LabelColumn.Check(Label.Value.Name, Label.Value.Type, allowVector: false);
        }
        if (options.GroupColumnName is not null)
        {
            Group = SchemaErrors.Find(schema, options.GroupColumnName, "group");
            GroupColumn.Check(Group.Value.Name, Group.Value.Type);
        }
        if (options.TimeColumnName is not null)
            Time = SchemaErrors.Find(schema, options.TimeColumnName, "time");
        OutputName = options.OutputColumnName;
        OutputLabelName = options.OutputLabelColumnName;
        PointLabels = options.PointLabels;
    }

    public DataViewSchema.Column Value { get; }

    public DataViewSchema.Column? Label { get; }

    public DataViewSchema.Column? Group { get; }

    public DataViewSchema.Column? Time { get; }

    public string OutputName { get; }

    public string OutputLabelName { get; }

    public bool PointLabels { get; }

    /// <summary>The columns that a window is made of.</summary>
    public IEnumerable<DataViewSchema.Column> All =>
        new[] { Value, Label, Group }.Where(column => column is not null).Select(column => column!.Value).DistinctBy(column => column.Index);
}
