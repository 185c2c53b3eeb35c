namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Which rows train, and which validate: choose the epoch and the threshold, and calibrate.</summary>
/// <param name="Train">Indices of the rows that train, ascending.</param>
/// <param name="Validation">Indices of the validation rows, ascending; empty where there is no validation. A row that is in neither was left out.</param>
/// <param name="Reason">What was done and why, in sentences for the log and the model.</param>
internal sealed record ValidationSplit(IReadOnlyList<int> Train, IReadOnlyList<int> Validation, string Reason)
{
    private const string Consequence = "all rows train, the last epoch is kept and the threshold, unless it is fixed, is probability 0.5.";

    /// <summary>Validation was switched off.</summary>
    public static ValidationSplit None(int rows) => new(All(rows), [], $"Validation is switched off: {Consequence}");

    /// <summary>Validation rows were given by the caller: all training rows train.</summary>
    /// <param name="rows">Number of training rows.</param>
    /// <param name="validation">The rows given; the result's validation indices count in them.</param>
    public static ValidationSplit Given(int rows, IReadOnlyList<SplitRow> validation) => WhyUseless(validation) is { } why
        ? new(All(rows), [], $"The validation data given {why}: {Consequence}")
        : new(All(rows), All(validation.Count), $"The {validation.Count} rows of the validation data given validate.");

    /// <summary>The rows were split before, by the stage that balanced them.</summary>
    /// <param name="isSynthetic">Whether each row was made.</param>
    /// <param name="isValidation">Whether each row was held out.</param>
    public static ValidationSplit Balanced(IReadOnlyList<bool> isSynthetic, IReadOnlyList<bool> isValidation)
    {
        int[] train = All(isValidation.Count).Where(i => !isValidation[i]).ToArray();
        int[] validation = All(isValidation.Count).Where(i => isValidation[i]).ToArray();
        string rows = $"Of {isValidation.Count} rows {train.Length} train, {isSynthetic.Count(made => made)} of them synthetic; ";
        return validation.Length == 0
            ? new(train, validation, $"{rows}BalanceTSmote held none out for validation: {Consequence}")
            : new(train, validation, $"{rows}the {validation.Length} rows that BalanceTSmote held out validate.");
    }

    /// <summary>
    /// Holds out a fraction of the sampling keys; where rows have none, of the rows at the end. Windows at the end that share readings with
    /// a window that trains are left out.
    /// </summary>
    /// <param name="rows">The rows, in the data's order.</param>
    /// <param name="seed">Chooses the sampling keys.</param>
    /// <param name="fraction">How much is held out, above 0 and below 1.</param>
    /// <param name="endOfEachGroup">Whether the end is that of each group rather than that of all rows.</param>
    public static ValidationSplit HoldOut(IReadOnlyList<SplitRow> rows, int seed, double fraction = TrainingDefaults.ValidationFraction, bool endOfEachGroup = false)
    {
        bool hasKeys = rows.Any(row => row.SamplingKey is not null);
        bool byKey = hasKeys && rows.Select(row => row.SamplingKey).Distinct().Take(2).Count() == 2;
        (bool[] isHeldOut, string how) = byKey ? ByKey(rows, seed, fraction)
            : endOfEachGroup ? ByOrderInGroups(rows, fraction)
            : ByOrder(rows.Count, fraction, hasKeys ? " (there is only one group)" : "");
        int[] train = All(rows.Count).Where(i => !isHeldOut[i]).ToArray();
        int[] heldOut = All(rows.Count).Where(i => isHeldOut[i]).ToArray();
        int[] validation = byKey ? heldOut : WindowOverlap.WithoutOverlap(rows, train, heldOut);
        string leftOut = validation.Length == heldOut.Length ? "" : $" Of those meant for it {heldOut.Length - validation.Length} share readings with a window that trains, and were left out.";

        if (WhyUseless(validation.Select(i => rows[i])) is { } why)
            return new(All(rows.Count), [], $"Validation on {how} was meant, but that part {why}: {Consequence}{leftOut}");
        if (WhyUseless(train.Select(i => rows[i])) is { } whyNot)
            return new(All(rows.Count), [], $"Validation on {how} was meant, but the rest {whyNot}: {Consequence}{leftOut}");
        return new(train, validation, $"Of {rows.Count} rows {train.Length} train; {how} ({validation.Length} rows) validate.{leftOut}");
    }

    private static (bool[] IsHeldOut, string How) ByKey(IReadOnlyList<SplitRow> rows, int seed, double fraction)
    {
        string?[] distinct = rows.Select(row => row.SamplingKey).Distinct().ToArray(); // in the order of their first rows, so that a seed always means the same
        new Random(seed).Shuffle(distinct);
        int count = HeldOut(distinct.Length, fraction);
        var chosen = distinct.Take(count).ToHashSet();
        return (rows.Select(row => chosen.Contains(row.SamplingKey)).ToArray(), $"{count} of {distinct.Length} groups");
    }

    private static (bool[] IsHeldOut, string How) ByOrder(int rows, double fraction, string because)
    {
        int count = HeldOut(rows, fraction);
        return (All(rows).Select(i => i >= rows - count).ToArray(), $"the last {count} of {rows} rows{because}");
    }

    private static (bool[] IsHeldOut, string How) ByOrderInGroups(IReadOnlyList<SplitRow> rows, double fraction)
    {
        var isHeldOut = new bool[rows.Count];
        var groups = All(rows.Count).GroupBy(i => rows[i].Group).Select(group => group.ToArray()).ToArray();
        foreach (int[] group in groups)
            foreach (int i in group.TakeLast((int)Math.Round(fraction * group.Length)))
                isHeldOut[i] = true;
        return (isHeldOut, FormattableString.Invariant($"the last {fraction:0.##} of the rows of each of {groups.Length} groups"));
    }

    /// <summary>At least one and never all; of a single row none.</summary>
    private static int HeldOut(int count, double fraction) => Math.Min(count - 1, Math.Max(1, (int)Math.Round(fraction * count)));

    private static string? WhyUseless(IEnumerable<SplitRow> part)
    {
        SplitRow[] rows = part.ToArray();
        return rows.Length == 0 ? "has no rows"
            : !rows.Any(row => row.HasAnomaly) ? "has no anomaly"
            : !rows.Any(row => row.HasNormal) ? "has nothing but anomalies"
            : null;
    }

    private static int[] All(int rows) => Enumerable.Range(0, rows).ToArray();
}
