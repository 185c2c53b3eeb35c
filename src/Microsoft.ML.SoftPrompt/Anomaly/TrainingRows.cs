using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>The rows of a data view as the training loop takes them.</summary>
/// <param name="Examples">In the data's order.</param>
/// <param name="Splits">What a split into training and validation has to know of each row.</param>
/// <param name="IsSynthetic">Whether BalanceTSmote made each row.</param>
/// <param name="IsValidation">Whether BalanceTSmote held each row out.</param>
internal sealed record TrainingRows(IReadOnlyList<TrainingExample> Examples, IReadOnlyList<SplitRow> Splits, IReadOnlyList<bool> IsSynthetic, IReadOnlyList<bool> IsValidation)
{
    /// <summary>Whether these are the rows of a balanced training part, split already.</summary>
    public bool AreBalanced => IsSynthetic.Contains(true) || IsValidation.Contains(true);

    /// <summary>The rows that nobody made: only they may validate.</summary>
    public TrainingRows WithoutSynthetic(IChannel channel)
    {
        int synthetic = IsSynthetic.Count(made => made);
        if (synthetic == 0)
            return this;
        channel.Warn($"{synthetic:N0} of the {Examples.Count:N0} rows of the validation data given are synthetic and were left out.");
        int[] kept = Enumerable.Range(0, Examples.Count).Where(i => !IsSynthetic[i]).ToArray();
        return new TrainingRows(Array.ConvertAll(kept, i => Examples[i]), Array.ConvertAll(kept, i => Splits[i]), Array.ConvertAll(kept, i => IsSynthetic[i]), Array.ConvertAll(kept, i => IsValidation[i]));
    }

    public static TrainingRows Read(IDataView view, TrainingColumns columns, SeriesDoor door)
    {
        using var cursor = view.GetRowCursor(columns.All);
        var tokenReader = new VectorReader<uint>(cursor, columns.Features);
        var labelColumn = new LabelColumn(cursor, columns.Label);
        var weightGetter = columns.Weight is { } weightColumn ? cursor.GetGetter<float>(weightColumn) : null;
        var splitReader = columns.Split.Open(cursor);
        var balancing = columns.Balancing?.Open(cursor);
        var (examples, splits, isSynthetic, isValidation) = (new List<TrainingExample>(), new List<SplitRow>(), new List<bool>(), new List<bool>());
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
            var example = new TrainingExample(door.Enter(tokens, cursor.Position).ToArray(), labels.ToArray(), weight);
            examples.Add(example);
            splits.Add(splitReader.Read(example.HasAnomaly, example.HasNormal, tokens.Length));
            var (synthetic, validation) = balancing?.Invoke() ?? default;
            isSynthetic.Add(synthetic);
            isValidation.Add(validation);
        }
        if (examples.Count == 0)
            throw new InvalidOperationException($"The data has no rows: there is no series in column '{columns.Features.Name}' to learn from.");
        return new TrainingRows(examples, splits, isSynthetic, isValidation);
    }
}
