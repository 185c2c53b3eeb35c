using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Benchmarks.Results;

/// <summary>Cells of four test items, two of them anomalous, of two sources.</summary>
internal static class Cells
{
    public static BenchmarkCell Make(string method = "spear", int seed = 1, double[]? scores = null, string set = "nab", string task = "windows", string version = "0.3.0", params (string Name, string Value)[] settings)
    {
        var all = new SortedDictionary<string, string>(settings.ToDictionary(one => one.Name, one => one.Value), StringComparer.Ordinal) { ["split"] = "60/20/20", ["limit"] = "all/all/all" };
        var metrics = new CellMetrics(1, 0, 2, 1, 0.75, 2 / 3.0, 0.5, 1, 0.875, 0.8);
        return new BenchmarkCell
        {
            Set = set,
            Task = task,
            Method = method,
            Settings = all,
            Seed = seed,
            Version = version,
            DataHash = "0123456789abcdef",
            Machine = "a machine",
            Command = $"softprompt benchmark {set}",
            Finished = new DateTime(2026, 1, 1, 0, 0, seed, DateTimeKind.Utc),
            Training = new PartCounts(10, 10, 4),
            Validation = new PartCounts(5, 5, 2),
            Threshold = 0.5,
            ThresholdFrom = "validation",
            ValidationAveragePrecision = 0.9,
            Test = metrics,
            FitSeconds = 60,
            ScoreSeconds = 1,
            Scores = scores ?? [0.9, 0.4, 0.3, 0.2],
            Labels = "1010",
            Runs = [new SourceRun("a", 2), new SourceRun("b", 2)],
        };
    }
}
