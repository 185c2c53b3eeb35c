namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>The four rules by which SPEAR labels context anomalies; null is one that is switched off.</summary>
internal sealed record ContextAnomalyRules(TrendRule? Trend, SpikeRule? Spike, ShiftRule? Shift, VolatilityRule? Volatility)
{
    /// <summary>How many values a series needs for every rule that is not switched off.</summary>
    public int FewestValues() =>
        Shift is not null || Volatility is not null ? 2 * SplitScan.ShortestPart
        : Trend is not null ? TrendRule.FewestValues
        : Spike is not null ? SpikeRule.FewestValues
        : 0;

    /// <summary>Gets the rules' names, in the order of <see cref="ContextFindings.WriteFlags"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [nameof(Trend), nameof(Spike), nameof(Shift), nameof(Volatility)];

    /// <summary>Thresholds out of range, a sentence each.</summary>
    public IEnumerable<string> Faults()
    {
        (string Name, double? Value)[] limits = [("MinimumSlope", Trend?.MinimumSlope), ("SpikeDeviations", Spike?.Deviations)];
        foreach (var (name, value) in limits)
            if (value is { } limit && !(limit >= 0 && double.IsFinite(limit)))
                yield return FormattableString.Invariant($"{name} is {limit}; expected 0 or more.");
        (string Name, double? Value)[] levels =
            [("TrendSignificance", Trend?.Significance), ("ShiftSignificance", Shift?.Significance), ("VolatilitySignificance", Volatility?.Significance)];
        foreach (var (name, value) in levels)
            if (value is { } level && !(level is > 0 and <= 1))
                yield return FormattableString.Invariant($"{name} is {level}; expected above 0 and at most 1.");
        foreach (var correction in new[] { Shift?.Correction, Volatility?.Correction }.Distinct())
            if (correction is { } named && !Enum.IsDefined(named))
                yield return $"SplitCorrection is {named}; expected one of {string.Join(", ", Enum.GetNames<SplitCorrection>())}.";
    }
}
