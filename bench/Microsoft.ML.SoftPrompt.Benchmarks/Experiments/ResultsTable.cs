using System.Globalization;
using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Benchmarks.Experiments;

/// <summary>Prints what the trainings on a data set came to, beside the controls that need no model.</summary>
internal static class ResultsTable
{
    /// <param name="data">The data of each seed.</param>
    /// <param name="results">The trainings on them.</param>
    public static void Write(IReadOnlyDictionary<int, ExperimentData> data, IReadOnlyList<ExperimentResult> results)
    {
        Console.WriteLine(data.Values.First());
        foreach (var setting in results.GroupBy(result => (result.Backbone, result.Setting)))
        {
            Console.WriteLine();
            Console.WriteLine($"{setting.Key.Backbone}, {setting.Key.Setting}");
            Console.WriteLine();
            Console.WriteLine("| prompt, or control | seeds | test AP | test AUROC | trained minus this: AP, 95 % | validation AP | epochs kept | seconds |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
            SeedScores[] trained = [.. setting.Where(result => result.Arm == Arm.Trained).Select(result => Run(data, result))];
            foreach (var arm in setting.OrderBy(result => result.Seed).GroupBy(result => result.Arm).OrderBy(arm => arm.Key))
                WriteRow(arm.Key.ToString().ToLowerInvariant(), [.. arm.Select(result => Run(data, result))], arm.Key == Arm.Trained ? [] : trained,
                    $"{Spread(arm.Select(result => result.Kept.ValidationAveragePrecision ?? double.NaN))} | {string.Join(' ', arm.Select(result => result.Epoch))} | {arm.Average(result => result.Seconds):F0}");
            foreach (var control in data.SelectMany(one => Controls(one.Value).Select(control => (control.Name, Run: new SeedScores(one.Key, one.Value.Test, control.Scores)))).GroupBy(control => control.Name))
                WriteRow(control.Key, [.. control.Select(one => one.Run)], trained, " | | ");
        }
        Console.WriteLine();
    }

    private static void WriteRow(string name, SeedScores[] runs, SeedScores[] trained, string rest)
    {
        (SeedScores Best, SeedScores Run)[] pairs = [.. runs.Join(trained, run => run.Seed, best => best.Seed, (run, best) => (best, run))];
        Console.WriteLine($"| {name} | {runs.Length} | {Spread(runs.Select(run => Precision(run.Test, run.Scores)))} | {Spread(runs.Select(run => Area(run.Test, run.Scores)))} "
            + $"| {(pairs.Length == 0 ? "" : Difference(pairs))} | {rest} |");
    }

    private static SeedScores Run(IReadOnlyDictionary<int, ExperimentData> data, ExperimentResult result) =>
        new(result.Seed, data[result.Seed].Test, Array.ConvertAll(result.Scores, score => (double)score));

    private static double Precision(SeriesRow[] test, double[] scores) => RankMetrics.AveragePrecision(scores, Labels(test));

    private static double Area(SeriesRow[] test, double[] scores) => RankMetrics.AreaUnderRoc(scores, Labels(test));

    private static bool[] Labels(SeriesRow[] test) => Array.ConvertAll(test, row => row.Label);

    /// <summary>Length, and the largest z-score and jump in units of the group's training part.</summary>
    private static IEnumerable<(string Name, double[] Scores)> Controls(ExperimentData data)
    {
        var spreads = data.Train.GroupBy(row => row.Group).ToDictionary(group => group.Key, group => SeriesControls.MeanAndDeviation(group.SelectMany(row => row.Series)));
        yield return ("length", Array.ConvertAll(data.Test, row => (double)row.Series.Length));
        yield return ("largest \\|z-score\\|", Array.ConvertAll(data.Test, row => SeriesControls.LargestZScore(row.Series, spreads[row.Group].Mean, spreads[row.Group].Deviation)));
        yield return ("largest jump", Array.ConvertAll(data.Test, row => SeriesControls.LargestJump(row.Series) / spreads[row.Group].Deviation));
    }

    /// <summary>The mean difference over the seeds, with its 95 % interval: sources (patients, files) are drawn, and seeds.</summary>
    private static string Difference((SeedScores Best, SeedScores Run)[] pairs)
    {
        string[][] sources = [.. pairs.Select(pair => Array.ConvertAll(pair.Run.Test, row => row.Source))];
        BootstrapInterval interval = GroupBootstrap.Interval(sources, (pair, items) =>
            Precision(pairs[pair].Run.Test, pairs[pair].Best.Scores, items) - Precision(pairs[pair].Run.Test, pairs[pair].Run.Scores, items));
        return $"{Signed(interval.Estimate)} ({Signed(interval.Low)} to {Signed(interval.High)})";
    }

    private static double Precision(SeriesRow[] test, double[] scores, int[] items) =>
        RankMetrics.AveragePrecision(Array.ConvertAll(items, item => scores[item]), Array.ConvertAll(items, item => test[item].Label));

    private static string Spread(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double mean = all.Average();
        return all.Length < 2 ? Short(mean) : $"{Short(mean)} ± {Short(Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1)))}";
    }

    private static string Short(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Signed(double value) => value.ToString("+0.000;−0.000;0.000", CultureInfo.InvariantCulture);

    /// <summary>What a seed's test series were answered with.</summary>
    private sealed record SeedScores(int Seed, SeriesRow[] Test, double[] Scores);
}
