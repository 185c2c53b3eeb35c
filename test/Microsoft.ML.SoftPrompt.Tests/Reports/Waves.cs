using Microsoft.ML.SoftPrompt.Reports;

namespace Microsoft.ML.SoftPrompt.Tests.Reports;

/// <summary>Series with dips and scores that find most of them.</summary>
internal static class Waves
{
    private const int Period = 90, DipStart = 40, DipLength = 6;

    /// <summary>Scores are multiples of 1/8, so that there are ties.</summary>
    public static ReportSeries Series(string name, int count, int window = 1, int stride = 1, int seed = 1, bool timed = false)
    {
        var random = new Random(seed);
        bool[] labels = Enumerable.Range(0, count).Select(i => i % Period is >= DipStart and < DipStart + DipLength).ToArray();
        float[] values = labels.Select((dip, i) => dip ? 10 : (float)(50 + 5 * Math.Sin(i / 9.0) + random.NextDouble())).ToArray();
        var items = new List<ReportItem>();
        for (int start = 0; start + window <= count; start += stride)
        {
            bool isAnomaly = labels.AsSpan(start, window).Contains(true);
            items.Add(new ReportItem(start, window, isAnomaly, Math.Round(8 * (4 * random.NextDouble() - (isAnomaly ? 1 : 3))) / 8));
        }
        return new ReportSeries(name, values, items)
        {
            Labels = labels,
            Times = timed ? Enumerable.Range(0, count).Select(i => new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(5 * i)).ToArray() : default,
        };
    }
}
