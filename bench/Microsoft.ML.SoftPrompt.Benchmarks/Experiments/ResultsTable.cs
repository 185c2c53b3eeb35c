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
        Console.WriteLine();
        Console.WriteLine("| control | test AP | test AUROC |");
        Console.WriteLine("| --- | --- | --- |");
        foreach (var control in data.Values.SelectMany(one => Controls(one).Select(control => (one.Test, control.Name, control.Scores))).GroupBy(control => control.Name))
            Console.WriteLine($"| {control.Key} | {Spread(control.Select(one => Precision(one.Test, one.Scores)))} | {Spread(control.Select(one => Area(one.Test, one.Scores)))} |");
        Console.WriteLine();
        Console.WriteLine("| backbone, settings | prompt | seeds | test AP | test AUROC | validation AP | epochs kept | trained minus this: AP, 95 % | seconds |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var setting in results.GroupBy(result => (result.Backbone, result.Setting)))
            foreach (var arm in setting.GroupBy(result => result.Arm).OrderBy(arm => arm.Key))
                WriteArm($"{setting.Key.Backbone}, {setting.Key.Setting}", data, [.. arm.OrderBy(result => result.Seed)], setting.Where(result => result.Arm == Arm.Trained));
        Console.WriteLine();
    }

    private static void WriteArm(string setting, IReadOnlyDictionary<int, ExperimentData> data, ExperimentResult[] arm, IEnumerable<ExperimentResult> trained)
    {
        var runs = arm.Select(result => (data[result.Seed].Test, Scores: Array.ConvertAll(result.Scores, score => (double)score))).ToArray();
        PairedRun[] pairs = arm[0].Arm == Arm.Trained ? []
            : [.. arm.Join(trained, result => result.Seed, result => result.Seed, (result, best) => new PairedRun(data[result.Seed].Test, best.Scores, result.Scores))];
        Console.WriteLine($"| {setting} | {arm[0].Arm.ToString().ToLowerInvariant()} | {arm.Length} "
            + $"| {Spread(runs.Select(run => Precision(run.Test, run.Scores)))} | {Spread(runs.Select(run => Area(run.Test, run.Scores)))} "
            + $"| {Spread(arm.Select(result => result.Kept.ValidationAveragePrecision ?? double.NaN))} | {string.Join(' ', arm.Select(result => result.Epoch))} "
            + $"| {(pairs.Length == 0 ? "" : Interval(Bootstrap.Difference(pairs)))} | {arm.Average(result => result.Seconds):F0} |");
    }

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

    private static string Interval((double Mean, double Low, double High) difference) => $"{Signed(difference.Mean)} ({Signed(difference.Low)} to {Signed(difference.High)})";

    private static string Spread(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double mean = all.Average();
        return all.Length < 2 ? Short(mean) : $"{Short(mean)} ± {Short(Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1)))}";
    }

    private static string Short(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Signed(double value) => value.ToString("+0.000;−0.000;0.000", CultureInfo.InvariantCulture);
}
