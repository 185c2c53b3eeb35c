namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>Gives a window one label from those of its readings.</summary>
/// <param name="Rule">How.</param>
/// <param name="Fraction">For <see cref="WindowLabelRule.Fraction"/> alone: from which share of anomalous readings on a window is anomalous.</param>
internal sealed record WindowLabeling(WindowLabelRule Rule, double Fraction)
{
    public bool IsAnomalous(ReadOnlySpan<bool> readings) => Rule switch
    {
        WindowLabelRule.Any => readings.Contains(true),
        WindowLabelRule.Last => readings[^1],
        // Divided and not multiplied: 7 of 100 is exactly the number that is written 0.07.
        WindowLabelRule.Fraction => readings.Count(true) / (double)readings.Length >= Fraction,
        _ => throw new InvalidOperationException($"Label rule {Rule} is unknown."),
    };
}
