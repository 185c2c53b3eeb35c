using System.Globalization;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;

/// <summary>The cells of one method with one setting, a seed each: a row of a table.</summary>
internal sealed record CellGroup(string Method, SortedDictionary<string, string> Settings, string? TrainedOn, IReadOnlyList<BenchmarkCell> Cells)
{
    // What all methods of a task share.
    private static readonly string[] OfTheTask = ["split", "limit", "trainedSplit", "trainedLimit", "trainedData"];
    private static readonly SortedDictionary<string, string> Usual = new(StringComparer.Ordinal)
    {
        ["backbone"] = "MiniLM",
        ["bins"] = BenchmarkPlan.DefaultBins.ToString(CultureInfo.InvariantCulture),
        ["epochs"] = BenchmarkPlan.DefaultEpochs.ToString(CultureInfo.InvariantCulture),
        ["promptLength"] = BenchmarkPlan.DefaultPromptLength.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Gets the settings that are not the default ones, those that all methods of the task share left out.</summary>
    public IReadOnlyDictionary<string, string> Unusual { get; } = Settings.Where(pair => !OfTheTask.Contains(pair.Key) && !(Usual.TryGetValue(pair.Key, out string? usual) && usual == pair.Value)).ToDictionary();

    /// <summary>Whether another of the task has the same settings but for one.</summary>
    public bool IsLikeBut(CellGroup other, string setting) => TrainedOn is null && WithoutOne(setting).SetEquals(other.WithoutOne(setting));

    /// <summary>Gets the name in tables.</summary>
    public string Name
    {
        get
        {
            string name = Method switch
            {
                BenchmarkMethod.SpearKey => "SPEAR",
                BenchmarkMethod.UntrainedKey => "SPEAR, prompt left at its start",
                BenchmarkMethod.NoneKey => "SPEAR, no prompt",
                _ => Method,
            };
            string settings = string.Join(", ", Unusual.Select(pair => $"{pair.Key} {pair.Value}"));
            return $"{name}{(settings.Length > 0 ? $" ({settings})" : "")}{(TrainedOn is null ? "" : $", trained on {TrainedOn}")}";
        }
    }

    public static IEnumerable<CellGroup> Of(IEnumerable<BenchmarkCell> cells) => cells.GroupBy(cell => (cell.Method, cell.SettingsText, cell.TrainedOn))
        .Select(group => new CellGroup(group.Key.Method, group.First().Settings, group.Key.TrainedOn, [.. group.OrderBy(cell => cell.Seed)]));

    /// <summary>Mean and, of more than one seed, standard deviation of a number, without those that have none.</summary>
    public string Spread(Func<BenchmarkCell, double?> number, string format = "0.000")
    {
        double[] all = [.. Cells.Select(number).OfType<double>()];
        return all.Length == 0 ? "" : all.Length == 1 ? Short(all[0], format) : $"{Short(all.Average(), format)} ± {Short(Deviation(all), format)}";
    }

    public double Mean(Func<BenchmarkCell, double?> number) => Cells.Select(number).OfType<double>().DefaultIfEmpty(double.NaN).Average();

    /// <summary>Average precision of another method less this one's, by the seeds that both have, with a 95 % interval; empty where they share none.</summary>
    public string LessThan(CellGroup other)
    {
        (BenchmarkCell Other, BenchmarkCell Own)[] pairs = [.. other.Cells.Join(Cells, cell => cell.Seed, cell => cell.Seed, (theirs, own) => (theirs, own)).Where(pair => pair.theirs.Labels == pair.own.Labels)];
        if (pairs.Length == 0 || pairs.Any(pair => !pair.Own.Labels.Contains('1')))
            return "";
        bool[][] labels = [.. pairs.Select(pair => pair.Own.LabelOfEach())];
        RankedItems[] first = [.. pairs.Select((pair, run) => new RankedItems(pair.Other.Scores, labels[run]))], second = [.. pairs.Select((pair, run) => new RankedItems(pair.Own.Scores, labels[run]))];
        BootstrapInterval interval = GroupBootstrap.Interval([.. pairs.Select(pair => pair.Own.SourceOfEach())], (run, items) => first[run].AveragePrecision(items) - second[run].AveragePrecision(items));
        string limits = double.IsNaN(interval.Low) ? "" : $" ({Signed(interval.Low)} to {Signed(interval.High)})";
        return $"{Signed(interval.Estimate)}{limits}";
    }

    private HashSet<KeyValuePair<string, string>> WithoutOne(string setting) => Unusual.Where(pair => pair.Key != setting).ToHashSet();

    private static double Deviation(double[] all)
    {
        double mean = all.Average();
        return Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1));
    }

    private static string Short(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Signed(double value) => value.ToString("+0.000;−0.000;0.000", CultureInfo.InvariantCulture);

    /// <summary>Scores sorted once, so that each of thousands of draws costs a pass and no sort.</summary>
    private sealed class RankedItems
    {
        private readonly int[] _falling;
        private readonly double[] _scores;
        private readonly bool[] _labels;

        public RankedItems(double[] scores, bool[] labels)
        {
            (_scores, _labels) = (scores, labels);
            _falling = [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i])];
        }

        /// <summary>As <see cref="RankMetrics.AveragePrecision"/> of items that may come several times; NaN where none is anomalous.</summary>
        public double AveragePrecision(int[] items)
        {
            int[] times = new int[_scores.Length];
            foreach (int item in items)
                times[item]++;
            double sum = 0;
            long positives = 0, taken = 0;
            for (int start = 0, end; start < _falling.Length; start = end)
            {
                int here = 0;
                for (end = start; end < _falling.Length && _scores[_falling[end]] == _scores[_falling[start]]; end++)
                {
                    here += _labels[_falling[end]] ? times[_falling[end]] : 0;
                    taken += times[_falling[end]];
                }
                positives += here;
                if (here > 0)
                    sum += here * ((double)positives / taken);
            }
            return positives == 0 ? double.NaN : sum / positives;
        }
    }
}
