using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Benchmarks.Experiments;

/// <summary>The scores of a seed's test series by two ways of training.</summary>
internal sealed record PairedRun(SeriesRow[] Test, double[] First, double[] Second);

/// <summary>
/// A paired bootstrap of a difference in average precision: sources (patients, files) are drawn with replacement with all their series in
/// every run, and runs with replacement.
/// </summary>
internal static class Bootstrap
{
    private const int Draws = 2000, Seed = 1;
    private const double Tail = 0.025;

    /// <summary>The mean difference over the runs, and the limits between which 95 % of the draws lie.</summary>
    public static (double Mean, double Low, double High) Difference(IReadOnlyList<PairedRun> runs)
    {
        string[] sources = [.. runs.SelectMany(run => run.Test.Select(row => row.Source)).Distinct()];
        var random = new Random(Seed);
        var drawn = new List<double>();
        while (drawn.Count < Draws)
        {
            var times = sources.Select(_ => sources[random.Next(sources.Length)]).CountBy(source => source).ToDictionary();
            PairedRun[] chosen = [.. runs.Select(_ => runs[random.Next(runs.Count)])];
            double difference = chosen.Average(run => Difference(run, times));
            if (!double.IsNaN(difference)) // a draw without an anomaly says nothing
                drawn.Add(difference);
        }
        drawn.Sort();
        return (runs.Average(run => Difference(run, sources.ToDictionary(source => source, _ => 1))), drawn[(int)(Tail * Draws)], drawn[(int)((1 - Tail) * Draws) - 1]);
    }

    private static double Difference(PairedRun run, Dictionary<string, int> times)
    {
        int[] rows = [.. Enumerable.Range(0, run.Test.Length).SelectMany(i => Enumerable.Repeat(i, times.GetValueOrDefault(run.Test[i].Source)))];
        bool[] labels = Array.ConvertAll(rows, row => run.Test[row].Label);
        double Precision(double[] scores) => labels.Contains(true) ? RankMetrics.AveragePrecision(Array.ConvertAll(rows, row => scores[row]), labels) : double.NaN;
        return Precision(run.First) - Precision(run.Second);
    }
}
