namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Which rows train and which choose the epoch and the threshold.</summary>
/// <param name="Train">Indices of the rows that train, ascending.</param>
/// <param name="Validation">Indices of the validation rows, ascending; empty where there is no validation.</param>
/// <param name="Reason">What was done and why, in sentences for the log and the model.</param>
internal sealed record ValidationSplit(IReadOnlyList<int> Train, IReadOnlyList<int> Validation, string Reason)
{
    private const string Consequence = "all rows train, the last epoch is kept and the threshold is probability 0.5.";

    /// <summary>Validation was switched off.</summary>
    public static ValidationSplit None(int rows) => new(All(rows), [], $"Validation is switched off: {Consequence}");

    /// <summary>Validation rows were given by the caller: all training rows train.</summary>
    /// <param name="rows">Number of training rows.</param>
    /// <param name="validation">The rows given; the result's validation indices count in them.</param>
    public static ValidationSplit Given(int rows, IReadOnlyList<TrainingExample> validation) => WhyUseless(validation) is { } why
        ? new(All(rows), [], $"The validation data given {why}: {Consequence}")
        : new(All(rows), All(validation.Count), $"The {validation.Count} rows of the validation data given choose the epoch and the threshold.");

    /// <summary>Holds out a fraction of the groups, or of the rows at the end where there are no groups.</summary>
    /// <param name="examples">The rows, in the data's order.</param>
    /// <param name="groups">A key a row, or none.</param>
    /// <param name="seed">Chooses the groups.</param>
    /// <param name="fraction">How much is held out, above 0 and below 1.</param>
    public static ValidationSplit HoldOut(IReadOnlyList<TrainingExample> examples, IReadOnlyList<string>? groups, int seed, double fraction = TrainingDefaults.ValidationFraction)
    {
        if (groups is not null && groups.Count != examples.Count)
            throw new ArgumentException($"There are {examples.Count} rows and {groups.Count} group keys; every row needs one.", nameof(groups));
        (bool[] isValidation, string how) = groups is not null && groups.Distinct().Take(2).Count() == 2 ? ByGroup(groups, seed, fraction)
            : ByOrder(examples.Count, fraction, groups is null ? "" : " (there is only one group)");
        int[] train = All(examples.Count).Where(i => !isValidation[i]).ToArray();
        int[] validation = All(examples.Count).Where(i => isValidation[i]).ToArray();

        if (WhyUseless(validation.Select(i => examples[i])) is { } why)
            return new(All(examples.Count), [], $"Validation on {how} was meant, but that part {why}: {Consequence}");
        if (WhyUseless(train.Select(i => examples[i])) is { } whyNot)
            return new(All(examples.Count), [], $"Validation on {how} was meant, but the rest {whyNot}: {Consequence}");
        return new(train, validation, $"Of {examples.Count} rows {train.Length} train; {how} ({validation.Length} rows) choose the epoch and the threshold.");
    }

    private static (bool[] IsValidation, string How) ByGroup(IReadOnlyList<string> groups, int seed, double fraction)
    {
        string[] distinct = groups.Distinct().ToArray(); // in the order of their first rows, so that a seed always means the same
        new Random(seed).Shuffle(distinct);
        int count = HeldOut(distinct.Length, fraction);
        var chosen = distinct.Take(count).ToHashSet();
        return (groups.Select(chosen.Contains).ToArray(), $"{count} of {distinct.Length} groups");
    }

    private static (bool[] IsValidation, string How) ByOrder(int rows, double fraction, string because)
    {
        int count = HeldOut(rows, fraction);
        return (All(rows).Select(i => i >= rows - count).ToArray(), $"the last {count} of {rows} rows{because}");
    }

    /// <summary>At least one and never all; of a single row none.</summary>
    private static int HeldOut(int count, double fraction) => Math.Min(count - 1, Math.Max(1, (int)Math.Round(fraction * count)));

    private static string? WhyUseless(IEnumerable<TrainingExample> part)
    {
        TrainingExample[] examples = part.ToArray();
        return examples.Length == 0 ? "has no rows"
            : !examples.Any(e => e.HasAnomaly) ? "has no anomaly"
            : !examples.Any(e => e.HasNormal) ? "has nothing but anomalies"
            : null;
    }

    private static int[] All(int rows) => Enumerable.Range(0, rows).ToArray();
}
