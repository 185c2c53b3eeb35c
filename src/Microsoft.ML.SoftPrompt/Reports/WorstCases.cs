namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>An item that a report shows by itself.</summary>
/// <param name="Series">Index of its series.</param>
/// <param name="Item">The item.</param>
/// <param name="From">Index of the first value that is drawn.</param>
/// <param name="To">Index behind the last one.</param>
internal readonly record struct ReportCase(int Series, ReportItem Item, int From, int To);

/// <summary>Finds the normal items with the highest scores and the anomalous ones with the lowest.</summary>
internal static class WorstCases
{
    // Two rows of two on a desktop: enough to see a pattern.
    private const int Shown = 4;

    // What is drawn on either side of an item, at least: a reading alone says nothing.
    private const int LeastContext = 24;

    public static IReadOnlyList<ReportCase> HighestNormal(IReadOnlyList<ReportSeries> series) => Find(series, isAnomaly: false, item => -item.Score);

    public static IReadOnlyList<ReportCase> LowestAnomalous(IReadOnlyList<ReportSeries> series) => Find(series, isAnomaly: true, item => item.Score);

    /// <summary>The worst items that do not lie in each other's surroundings: neighbours would show the same picture.</summary>
    private static List<ReportCase> Find(IReadOnlyList<ReportSeries> series, bool isAnomaly, Func<ReportItem, double> order)
    {
        var ranked = series.SelectMany((one, index) => one.Items.Where(item => item.IsAnomaly == isAnomaly).Select(item => Case(one, index, item)))
            .OrderBy(found => order(found.Item));
        var cases = new List<ReportCase>();
        foreach (ReportCase candidate in ranked)
        {
            if (!cases.Exists(found => found.Series == candidate.Series && candidate.Item.Start < found.To && found.From < candidate.Item.Start + candidate.Item.Length))
                cases.Add(candidate);
            if (cases.Count == Shown)
                break;
        }
        return cases;
    }

    private static ReportCase Case(ReportSeries series, int index, ReportItem item)
    {
        int context = Math.Max(item.Length, LeastContext);
        return new ReportCase(index, item, Math.Max(0, item.Start - context), (int)Math.Min(series.Values.Length, (long)item.Start + item.Length + context));
    }
}
