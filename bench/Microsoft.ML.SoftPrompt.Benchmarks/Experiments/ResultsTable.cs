using System.Globalization;
using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Benchmarks.Experiments;

/// <summary>Prints what the trainings on a data set came to, beside the controls that need no model.</summary>
internal static class ResultsTable
{
    public static void Write(ExperimentData data, IEnumerable<ExperimentResult> results)
    {
        bool[] labels = [.. data.Test.Select(row => row.Label)];
        Console.WriteLine(data);
        Console.WriteLine();
        Console.WriteLine("| control | test AP | test AUROC |");
        Console.WriteLine("| --- | --- | --- |");
        foreach ((string name, double[] scores) in Controls(data))
            Console.WriteLine($"| {name} | {Short(RankMetrics.AveragePrecision(scores, labels))} | {Short(RankMetrics.AreaUnderRoc(scores, labels))} |");
        Console.WriteLine();
        Console.WriteLine("| backbone, settings | prompt | seeds | test AP | test AUROC | validation AP | epoch kept | trained minus this: AP, 95 % | seconds |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var setting in results.Where(result => result.Data == data.Name).GroupBy(result => (result.Backbone, result.Setting)))
        {
            Dictionary<int, float[]> trained = setting.Where(result => result.Arm == Arm.Trained).ToDictionary(result => result.Seed, result => result.Scores);
            foreach (var arm in setting.GroupBy(result => result.Arm).OrderBy(arm => arm.Key))
            {
                double[][] scores = [.. arm.Select(result => Array.ConvertAll(result.Scores, score => (double)score))];
                (float[], float[])[] pairs = [.. arm.Where(result => result.Arm != Arm.Trained && trained.ContainsKey(result.Seed)).Select(result => (trained[result.Seed], result.Scores))];
                Console.WriteLine($"| {setting.Key.Backbone}, {setting.Key.Setting} | {arm.Key.ToString().ToLowerInvariant()} | {scores.Length} "
                    + $"| {Spread(scores.Select(one => RankMetrics.AveragePrecision(one, labels)))} | {Spread(scores.Select(one => RankMetrics.AreaUnderRoc(one, labels)))} "
                    + $"| {Spread(arm.Select(result => result.Kept.ValidationAveragePrecision ?? double.NaN))} | {string.Join(' ', arm.Select(result => result.Epoch))} "
                    + $"| {(pairs.Length == 0 ? "" : Interval(Bootstrap.Difference(data.Test, pairs)))} | {arm.Average(result => result.Seconds):F0} |");
            }
        }
        Console.WriteLine();
    }

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
