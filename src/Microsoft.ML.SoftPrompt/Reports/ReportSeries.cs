namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>A series of a report, with what was judged of it.</summary>
/// <param name="Name">The name that readers choose it by; of any text.</param>
/// <param name="Values">The values in time order, at least one; NaN is a missing value and drawn as a gap.</param>
/// <param name="Items">The windows or readings that were scored, in the order of their starts; they may overlap, and there may be none.</param>
public sealed record ReportSeries(string Name, ReadOnlyMemory<float> Values, IReadOnlyList<ReportItem> Items)
{
    /// <summary>Gets whether each value is labelled anomalous; empty where only the items have labels, whose anomalous stretches are then drawn.</summary>
    public ReadOnlyMemory<bool> Labels { get; init; }

    /// <summary>Gets the times of the values, taken as universal time; empty where they are not known. Times that do not rise are not drawn: the axis then counts values.</summary>
    public ReadOnlyMemory<DateTime> Times { get; init; }

    internal void Validate()
    {
        string where = $"The series '{Name}'";
        if (Values.IsEmpty)
            throw new ArgumentException($"{where} has no values; a report needs at least one a series.");
        if (Labels.Length != 0 && Labels.Length != Values.Length)
            throw new ArgumentException($"{where} has {Values.Length} values and {Labels.Length} labels; give one a value, or none.");
        if (Times.Length != 0 && Times.Length != Values.Length)
            throw new ArgumentException($"{where} has {Values.Length} values and {Times.Length} times; give one a value, or none.");
        int infinite = Values.Span.IndexOfAny(float.PositiveInfinity, float.NegativeInfinity);
        if (infinite >= 0)
            throw new ArgumentException($"{where} holds {Values.Span[infinite]} at index {infinite}; values are finite, or NaN where they are missing.");
        int start = 0;
        foreach (ReportItem item in Items)
        {
            if (item.Start < start || item.Length < 1 || item.Length > Values.Length - item.Start)
                throw new ArgumentException($"{where} has an item of {item.Length} values from index {item.Start} on; expected items in the order of their starts and within the {Values.Length} values.");
            start = item.Start;
        }
    }

    /// <summary>Whether each value is anomalous, by its own label or by that of an item that holds it.</summary>
    internal bool[] LabelledValues()
    {
        if (!Labels.IsEmpty)
            return Labels.ToArray();
        var labelled = new bool[Values.Length];
        int covered = 0;
        foreach (ReportItem item in Items.Where(item => item.IsAnomaly))
        {
            int from = Math.Max(item.Start, covered);
            covered = Math.Max(covered, item.Start + item.Length);
            labelled.AsSpan(from, covered - from).Fill(true);
        }
        return labelled;
    }
}
