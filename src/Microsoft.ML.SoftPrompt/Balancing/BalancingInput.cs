using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Balancing;

/// <summary>The columns that balancing reads, found and checked.</summary>
internal sealed class BalancingInput
{
    private const string SeriesRole = "series";
    private const string SeriesType = "a vector of Single or Double";
    private const string TokenAdvice = "Interpolating tokens means nothing: balance before Transforms.QuantizeSeries.";
    private const string ConvertAdvice = "Convert with Transforms.Conversion.ConvertType, or cut readings into series with Data.WindowSeries.";
    private const string LabelType = "one Boolean or Single (0 or 1) a row";
    private const string LabelAdvice = "A label for each value has no class to balance: balance windows that are labelled as a whole.";

    public BalancingInput(DataViewSchema schema, TSmoteBalancer.Options options)
    {
        Series = SchemaErrors.Find(schema, options.ColumnName, SeriesRole);
        if (Series.Type is not VectorDataViewType vector || !IsInterpolated(vector.ItemType))
            throw SchemaErrors.WrongType(Series, SeriesRole, SeriesType, IsToken(Series.Type) ? TokenAdvice : ConvertAdvice);
        Label = SchemaErrors.Find(schema, options.LabelColumnName, "label");
        if (Label.Type is VectorDataViewType)
            throw SchemaErrors.WrongType(Label, "label", LabelType, LabelAdvice);
        LabelColumn.Check(Label.Name, Label.Type, allowVector: false);
        if (options.NeighbourGroupColumnName is { } group)
            NeighbourGroup = GroupColumn.Find(schema, group);
        Split = new SplitColumns(schema, options.SamplingKeyColumnName, options.GroupColumnName, options.StartColumnName);
        Balanced = BalancingColumns.Find(schema);
        Tokens = schema.Where(column => !column.IsHidden && IsToken(column.Type)).Select(column => column.Name).ToArray();
    }

    public DataViewSchema.Column Series { get; }

    public DataViewSchema.Column Label { get; }

    public DataViewSchema.Column? NeighbourGroup { get; }

    public SplitColumns Split { get; }

    /// <summary>What an earlier BalanceTSmote said of the rows; none where there was none.</summary>
    public BalancingColumns? Balanced { get; }

    /// <summary>Columns of tokens, by name: made before the balancing, so that synthetic rows have those of another series.</summary>
    public IReadOnlyList<string> Tokens { get; }

    public IEnumerable<DataViewSchema.Column> All => new[] { Series, Label }
        .Concat(NeighbourGroup is { } group ? [group] : [])
        .Concat(Split.All)
        .Concat(Balanced?.All ?? [])
        .DistinctBy(column => column.Index);

    /// <summary>Checks the shape that an estimator chain promises.</summary>
    public static void CheckShape(SchemaShape shape, TSmoteBalancer.Options options)
    {
        var series = SchemaErrors.Find(shape, options.ColumnName, SeriesRole);
        if (series.Kind == SchemaShape.Column.VectorKind.Scalar || series.IsKey || !IsInterpolated(series.ItemType))
            throw SchemaErrors.WrongType(series, SeriesRole, SeriesType, series.IsKey ? TokenAdvice : ConvertAdvice);
        var label = SchemaErrors.Find(shape, options.LabelColumnName, "label");
        if (label.Kind != SchemaShape.Column.VectorKind.Scalar)
            throw SchemaErrors.WrongType(label, "label", LabelType, LabelAdvice);
        LabelColumn.Check(label);
        if (options.NeighbourGroupColumnName is { } group)
            GroupColumn.Find(shape, group);
        SplitColumns.CheckShape(shape, options.SamplingKeyColumnName, options.GroupColumnName, options.StartColumnName);
    }

    private static bool IsInterpolated(DataViewType item) => item.Equals(NumberDataViewType.Single) || item.Equals(NumberDataViewType.Double);

    private static bool IsToken(DataViewType type) => type is VectorDataViewType { ItemType: KeyDataViewType };
}
