using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Series;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>The columns that the trainer reads, found and checked.</summary>
internal sealed class TrainingColumns
{
    public TrainingColumns(DataViewSchema schema, SoftPromptAnomalyTrainer.Options options)
    {
        Features = SchemaErrors.Find(schema, options.FeatureColumnName, TokenColumn.Role);
        BinCount = TokenColumn.GetBinCount(Features);
        Label = SchemaErrors.Find(schema, options.LabelColumnName, "label");
        LabelColumn.Check(Label.Name, Label.Type, allowVector: true);
        LabelKind = Label.Type is VectorDataViewType ? LabelKind.Point : LabelKind.Series;
        if (options.ExampleWeightColumnName is { } weight)
        {
            Weight = SchemaErrors.Find(schema, weight, "weight");
            if (!Weight.Value.Type.Equals(NumberDataViewType.Single))
                throw SchemaErrors.WrongType(weight, "weight", Weight.Value.Type.ToString()!, "Single, one a row");
        }
        Split = new SplitColumns(schema, options.SamplingKeyColumnName, options.GroupColumnName, options.StartColumnName);
        Balancing = BalancingColumns.Find(schema);
    }

    public DataViewSchema.Column Features { get; }

    public int BinCount { get; }

    public DataViewSchema.Column Label { get; }

    public LabelKind LabelKind { get; }

    public DataViewSchema.Column? Weight { get; }

    public SplitColumns Split { get; }

    /// <summary>What BalanceTSmote said of the rows; none where they do not come from it.</summary>
    public BalancingColumns? Balancing { get; }

    public IEnumerable<DataViewSchema.Column> All => new[] { Features, Label }
        .Concat(Weight is { } weight ? [weight] : [])
        .Concat(Split.All)
        .Concat(Balancing?.All ?? [])
        .DistinctBy(column => column.Index);

    /// <summary>The same columns in the validation data, which must agree in bins and in what a label belongs to.</summary>
    public TrainingColumns Rebind(DataViewSchema validation, SoftPromptAnomalyTrainer.Options options)
    {
        var columns = new TrainingColumns(validation, options);
        if (columns.BinCount != BinCount)
            throw SchemaErrors.WrongType(columns.Features.Name, TokenColumn.Role, $"a key of {columns.BinCount} bins in the validation data", $"{BinCount} bins as in the training data", "Quantize both with the same fitted transformer.");
        if (columns.LabelKind != LabelKind)
            throw SchemaErrors.WrongType(columns.Label.Name, "label", $"{columns.Label.Type} in the validation data", $"{Label.Type} as in the training data");
        return columns;
    }

    /// <summary>Checks the shape that an estimator chain promises, and gives whether the outputs are vectors.</summary>
    public static SchemaShape.Column.VectorKind CheckShape(SchemaShape shape, SoftPromptAnomalyTrainer.Options options)
    {
        var features = SchemaErrors.Find(shape, options.FeatureColumnName, TokenColumn.Role);
        if (features.Kind == SchemaShape.Column.VectorKind.Scalar || !features.IsKey || !features.ItemType.Equals(NumberDataViewType.UInt32))
            throw SchemaErrors.WrongType(features.Name, TokenColumn.Role, $"{features.Kind} of {(features.IsKey ? "key " : "")}{features.ItemType}", TokenColumn.Expected, TokenColumn.Advice);
        var label = SchemaErrors.Find(shape, options.LabelColumnName, "label");
        LabelColumn.Check(label);
        if (options.ExampleWeightColumnName is { } weight)
        {
            var column = SchemaErrors.Find(shape, weight, "weight");
            if (column.Kind != SchemaShape.Column.VectorKind.Scalar || !column.ItemType.Equals(NumberDataViewType.Single))
                throw SchemaErrors.WrongType(weight, "weight", $"{column.Kind} of {column.ItemType}", "Single, one a row");
        }
        SplitColumns.CheckShape(shape, options.SamplingKeyColumnName, options.GroupColumnName, options.StartColumnName);
        return label.Kind == SchemaShape.Column.VectorKind.Scalar ? SchemaShape.Column.VectorKind.Scalar : features.Kind;
    }
}
