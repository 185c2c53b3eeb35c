using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Windowing;

/// <summary>The columns of the readings, found and checked, and those that windows get from them.</summary>
internal sealed class ReadingColumns
{
    internal const string StartTimeName = "StartTime";

    public ReadingColumns(DataViewSchema schema, WindowSeriesOptions options)
    {
        Value = SchemaErrors.Find(schema, options.InputColumnName ?? options.OutputColumnName, "value");
        if (!Value.Type.Equals(NumberDataViewType.Single))
            throw SchemaErrors.WrongType(Value, "value", "Single, one a row", Value.Type is VectorDataViewType ? "" : "Convert it with Transforms.Conversion.ConvertType first.");
        if (options.LabelColumnName is not null)
        {
            Label = SchemaErrors.Find(schema, options.LabelColumnName, "label");
            LabelColumn.Check(Label.Value.Name, Label.Value.Type, allowVector: false);
        }
        if (options.GroupColumnName is not null)
            Group = GroupColumn.Find(schema, options.GroupColumnName);
        if (options.OrderColumnName is not null)
            Order = OrderColumn.Find(schema, options.OrderColumnName);
        OutputName = options.OutputColumnName;
        OutputLabelName = options.OutputLabelColumnName;
        PointLabels = options.PointLabels;
        CheckNames();
    }

    public DataViewSchema.Column Value { get; }

    public DataViewSchema.Column? Label { get; }

    public DataViewSchema.Column? Group { get; }

    public DataViewSchema.Column? Order { get; }

    public string OutputName { get; }

    public string OutputLabelName { get; }

    public bool PointLabels { get; }

    public IEnumerable<DataViewSchema.Column> All => Present(Value, Label, Group, Order);

    /// <summary>The readings' columns without which the given columns of the windows cannot be had. Where windows lie depends on the group alone.</summary>
    public IEnumerable<DataViewSchema.Column> GetDependencies(HashSet<string> windowColumns) => Present(
        Group,
        windowColumns.Contains(OutputName) ? Value : null,
        windowColumns.Contains(OutputLabelName) ? Label : null,
        windowColumns.Contains(StartTimeName) ? Order : null);

    /// <param name="windowSize">Readings in every window; 0 where windows differ.</param>
    public DataViewSchema CreateWindowSchema(int windowSize)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(OutputName, new VectorDataViewType(NumberDataViewType.Single, windowSize));
        if (Label is { } label)
        {
            var type = (PrimitiveDataViewType)label.Type;
            builder.AddColumn(OutputLabelName, PointLabels ? new VectorDataViewType(type, windowSize) : type);
        }
        if (Group is { } group)
            builder.AddColumn(group.Name, group.Type, group.Annotations);
        builder.AddColumn(WindowStart.ColumnName, NumberDataViewType.Int64, WindowStart.Annotate(Group?.Name));
        if (Order is { } order)
            builder.AddColumn(StartTimeName, order.Type);
        return builder.ToSchema();
    }

    // A schema takes columns of one name, and hides all but the last; windows of any size tell the names.
    private void CheckNames()
    {
        var columns = CreateWindowSchema(0);
        if (columns.Any(column => column.IsHidden))
            throw new ArgumentException($"{nameof(WindowSeriesOptions)}: the output's columns would be {string.Join(", ", columns.Select(column => $"'{column.Name}'"))}; two of them have the same name. Choose another OutputColumnName or OutputLabelColumnName, or rename the group column.");
    }

    private static IEnumerable<DataViewSchema.Column> Present(params DataViewSchema.Column?[] columns) =>
        columns.Where(column => column is not null).Select(column => column!.Value).DistinctBy(column => column.Index);
}
