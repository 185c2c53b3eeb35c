using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>The rows of a trainer's data, split.</summary>
/// <param name="Train">What trains.</param>
/// <param name="Validation">What validates; may be empty.</param>
/// <param name="Reason">What was done and why, for the model.</param>
internal sealed record RowSplit<TExample>(IReadOnlyList<TExample> Train, IReadOnlyList<TExample> Validation, string Reason);

/// <summary>Decides which rows train and which validate, and says it in the log: the same for all trainers.</summary>
internal static class RowSplit
{
    /// <param name="rows">The rows of the training data.</param>
    /// <param name="given">The rows of validation data that the caller gave; null for none.</param>
    /// <param name="endOfEachGroup">Whether the end that is held out is that of each group.</param>
    /// <param name="samplingKeyColumnName">The trainer's sampling key, for errors; null for none.</param>
    /// <param name="fraction">The share that is held out; 0 for none.</param>
    /// <param name="seed">Chooses the sampling keys.</param>
    /// <param name="channel">Told.</param>
    public static RowSplit<TExample> Of<TExample>(TrainingRow<TExample>[] rows, TrainingRow<TExample>[]? given, bool endOfEachGroup, string? samplingKeyColumnName, double fraction, int seed, IChannel channel)
    {
        var validationRows = given is null ? rows : Originals(given, channel);
        var split = given is not null ? ValidationSplit.Given(rows.Length, Array.ConvertAll(validationRows, row => row.Split))
            : rows.Any(row => row.IsSynthetic || row.IsValidation) ? Balanced(rows, samplingKeyColumnName)
            : fraction == 0 ? ValidationSplit.None(rows.Length)
            : ValidationSplit.HoldOut(Array.ConvertAll(rows, row => row.Split), seed, fraction, endOfEachGroup);
        channel.Tell($"{split.Reason}");
        return new RowSplit<TExample>(split.Train.Select(i => rows[i].Example).ToArray(), split.Validation.Select(i => validationRows[i].Example).ToArray(), split.Reason);
    }

    /// <summary>The rows that nobody made: only they may validate.</summary>
    private static TrainingRow<TExample>[] Originals<TExample>(TrainingRow<TExample>[] rows, IChannel channel)
    {
        var originals = Array.FindAll(rows, row => !row.IsSynthetic);
        if (originals.Length < rows.Length)
            channel.Warn($"{rows.Length - originals.Length:N0} of the {rows.Length:N0} rows of the validation data given are synthetic and were left out.");
        return originals;
    }

    /// <summary>The split that the balancer made: another one would validate on rows that synthetic ones were interpolated from.</summary>
    private static ValidationSplit Balanced<TExample>(TrainingRow<TExample>[] rows, string? samplingKeyColumnName)
    {
        var split = ValidationSplit.Balanced(Array.ConvertAll(rows, row => row.IsSynthetic), Array.ConvertAll(rows, row => row.IsValidation));
        var trained = split.Train.Select(i => rows[i].Split.SamplingKey).ToHashSet();
        if (samplingKeyColumnName is { } key && split.Validation.Select(i => rows[i].Split.SamplingKey).FirstOrDefault(trained.Contains) is { } both)
            throw new InvalidOperationException($"BalanceTSmote held out rows whose sampling key '{both}' in column '{key}' other rows train with. Give BalanceTSmote the same samplingKeyColumnName as the trainer.");
        return split;
    }
}
