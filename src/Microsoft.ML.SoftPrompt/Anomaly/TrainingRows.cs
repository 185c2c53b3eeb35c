using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>The rows of a data view as the training loop takes them.</summary>
/// <param name="Examples">In the data's order.</param>
/// <param name="Groups">The sampling key of each row; none without such a column.</param>
internal sealed record TrainingRows(IReadOnlyList<TrainingExample> Examples, IReadOnlyList<string>? Groups)
{
    public static TrainingRows Read(IDataView view, TrainingColumns columns, SeriesDoor door)
    {
        using var cursor = view.GetRowCursor(columns.All);
        var tokenReader = new VectorReader<uint>(cursor, columns.Features);
        var labelColumn = new LabelColumn(cursor, columns.Label);
        var weightGetter = columns.Weight is { } weightColumn ? cursor.GetGetter<float>(weightColumn) : null;
        var group = columns.SamplingKey is { } key ? GroupColumn.Open(cursor, key) : null;
        var examples = new List<TrainingExample>();
        var groups = group is null ? null : new List<string>();
        var labels = new List<float>();
        while (cursor.MoveNext())
        {
            var tokens = tokenReader.Read();
            labels.Clear();
            labelColumn.Read(labels);
            if (columns.LabelKind == LabelKind.Point && labels.Count != tokens.Length)
                throw new InvalidOperationException($"Row {cursor.Position} (from 0) has {tokens.Length} tokens in column '{columns.Features.Name}' and {labels.Count} labels in column '{columns.Label.Name}'; expected a label for each.");
            float weight = 1;
            weightGetter?.Invoke(ref weight);
            if (!(weight >= 0 && float.IsFinite(weight)))
                throw new InvalidOperationException($"The weight column '{columns.Weight!.Value.Name}' holds {weight} in row {cursor.Position} (from 0); expected a finite number of at least 0.");
            examples.Add(new TrainingExample(door.Enter(tokens, cursor.Position).ToArray(), labels.ToArray(), weight));
            groups?.Add(group!.Read().ToString());
        }
        if (examples.Count == 0)
            throw new InvalidOperationException($"The data has no rows: there is no series in column '{columns.Features.Name}' to learn from.");
        return new TrainingRows(examples, groups);
    }
}
