using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Benchmarks.Experiments;

/// <summary>
/// A paired bootstrap of a difference in average precision: sources (patients, files) are drawn with replacement with all their test
/// series, and seeds with replacement with the runs of both arms.
/// </summary>
internal static class Bootstrap
{
    private const int Draws = 2000, Seed = 1;
    private const double Tail = 0.025;

    /// <summary>The mean difference over the seeds, and the limits between which 95 % of the draws lie.</summary>
    /// <param name="test">The test series.</param>
    /// <param name="pairs">A seed's scores of the series by the two arms.</param>
    public static (double Mean, double Low, double High) Difference(SeriesRow[] test, IReadOnlyList<(float[] First, float[] Second)> pairs)
    {
        int[][] sources = [.. Enumerable.Range(0, test.Length).GroupBy(i => test[i].Source).Select(source => source.ToArray())];
        int[] all = [.. Enumerable.Range(0, test.Length)];
        double mean = pairs.Average(pair => Difference(test, pair, all));
        var random = new Random(Seed);
        var drawn = new List<double>();
        while (drawn.Count < Draws)
        {
            int[] rows = [.. sources.SelectMany(_ => sources[random.Next(sources.Length)])];
            (float[], float[])[] seeds = [.. pairs.Select(_ => pairs[random.Next(pairs.Count)])];
            if (rows.Any(row => test[row].Label))
                drawn.Add(seeds.Average(pair => Difference(test, pair, rows)));
        }
        drawn.Sort();
        return (mean, drawn[(int)(Tail * Draws)], drawn[(int)((1 - Tail) * Draws) - 1]);
    }

    private static double Difference(SeriesRow[] test, (float[] First, float[] Second) pair, int[] rows)
    {
        bool[] labels = [.. rows.Select(row => test[row].Label)];
        double Precision(float[] scores) => RankMetrics.AveragePrecision(Array.ConvertAll(rows, row => (double)scores[row]), labels);
        return Precision(pair.First) - Precision(pair.Second);
    }
}
