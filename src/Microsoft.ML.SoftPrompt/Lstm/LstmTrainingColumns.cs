using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Lstm;

/// <summary>The columns that the trainer reads, found and checked.</summary>
internal sealed class LstmTrainingColumns
{
    private readonly LstmColumns _series;
    private readonly DataViewSchema.Column _label;
    private readonly BalancingColumns? _balancing;

    public LstmTrainingColumns(DataViewSchema schema, LstmColumnNames names, LstmAnomalyTrainer.Options options)
    {
        _series = new LstmColumns(schema, names);
        _label = SchemaErrors.Find(schema, options.LabelColumnName, "label");
        LabelColumn.Check(_label.Name, _label.Type, allowVector: true);
        LabelKind = _label.Type is VectorDataViewType ? LabelKind.Point : LabelKind.Series;
        Split = new SplitColumns(schema, options.SamplingKeyColumnName, options.GroupColumnName, options.StartColumnName);
        _balancing = BalancingColumns.Find(schema);
    }

    public LabelKind LabelKind { get; }

    public SplitColumns Split { get; }

    /// <summary>Reads the rows of a view that has these columns.</summary>
    /// <exception cref="InvalidOperationException">There are no rows, or one is malformed.</exception>
    public TrainingRow<LabeledSeries>[] Read(IDataView view)
    {
        using var cursor = view.GetRowCursor(_series.All.Append(_label).Concat(Split.All).Concat(_balancing?.All ?? []).DistinctBy(column => column.Index));
        var series = _series.Open(cursor);
        var label = new LabelColumn(cursor, _label);
        var split = Split.Open(cursor);
        var balancing = _balancing?.Open(cursor);
        var rows = new List<TrainingRow<LabeledSeries>>();
        var labels = new List<float>();
        while (cursor.MoveNext())
        {
            labels.Clear();
            label.Read(labels);
            LabeledSeries example = series.Read(labels.ConvertAll(value => value == 1).ToArray(), LabelKind);
            if (_series.Group is { } group)
                GroupColumn.CheckSavable(example.Group, group.Name, cursor.Position);
            var (isSynthetic, isValidation) = balancing?.Invoke() ?? default;
            rows.Add(new TrainingRow<LabeledSeries>(example, split.Read(labels.Contains(1), labels.Contains(0), example.Values.Length), isSynthetic, isValidation));
        }
        if (rows.Count == 0)
            throw new InvalidOperationException($"The data has no rows: there is no series in column '{_series.Features.Name}' to learn from.");
        return [.. rows];
    }

    /// <summary>Checks the shape that an estimator chain promises, and gives whether the outputs are vectors.</summary>
    public static SchemaShape.Column.VectorKind CheckShape(SchemaShape shape, LstmColumnNames names, LstmAnomalyTrainer.Options options)
    {
        var features = LstmColumns.CheckShape(shape, names);
        var label = SchemaErrors.Find(shape, options.LabelColumnName, "label");
        LabelColumn.Check(label);
        SplitColumns.CheckShape(shape, options.SamplingKeyColumnName, options.GroupColumnName, options.StartColumnName);
        return label.Kind == SchemaShape.Column.VectorKind.Scalar ? SchemaShape.Column.VectorKind.Scalar : features;
    }
}
