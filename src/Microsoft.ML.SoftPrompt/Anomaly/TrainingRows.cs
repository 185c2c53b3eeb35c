using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>A row of a data view as a training takes it.</summary>
/// <param name="Example">The series with its labels.</param>
/// <param name="Split">What a split into training and validation has to know of it.</param>
/// <param name="IsSynthetic">Whether BalanceTSmote made it.</param>
/// <param name="IsValidation">Whether BalanceTSmote held it out.</param>
internal sealed record TrainingRow<TExample>(TExample Example, SplitRow Split, bool IsSynthetic, bool IsValidation);

/// <summary>Reads the rows that train or validate.</summary>
internal static class TrainingRows
{
    public static TrainingRow<TrainingExample>[] Read(IDataView view, TrainingColumns columns, SeriesDoor door)
    {
        using var cursor = view.GetRowCursor(columns.All);
        var tokenReader = new VectorReader<uint>(cursor, columns.Features);
        var labelColumn = new LabelColumn(cursor, columns.Label);
        var weightGetter = columns.Weight is { } weightColumn ? cursor.GetGetter<float>(weightColumn) : null;
        var splitReader = columns.Split.Open(cursor);
        var balancing = columns.Balancing?.Open(cursor);
        var rows = new List<TrainingRow<TrainingExample>>();
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
                throw new InvalidOperationException(FormattableString.Invariant($"The weight column '{columns.Weight!.Value.Name}' holds {weight} in row {cursor.Position} (from 0); expected a finite number of at least 0."));
            var example = new TrainingExample(door.Enter(tokens, cursor.Position).ToArray(), labels.ToArray(), weight);
            var (isSynthetic, isValidation) = balancing?.Invoke() ?? default;
            rows.Add(new TrainingRow<TrainingExample>(example, splitReader.Read(example.HasAnomaly, example.HasNormal, tokens.Length), isSynthetic, isValidation));
        }
        if (rows.Count == 0)
            throw new InvalidOperationException($"The data has no rows: there is no series in column '{columns.Features.Name}' to learn from.");
        return [.. rows];
    }
}
