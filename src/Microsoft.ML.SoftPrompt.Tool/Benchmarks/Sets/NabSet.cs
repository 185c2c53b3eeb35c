using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

/// <summary>
/// The AWS CloudWatch files of the Numenta Anomaly Benchmark: each file cut by time, each part into windows of 1 to 50 readings laid end to
/// end, their lengths drawn by the seed; the two tasks are the benchmark's two label files.
/// </summary>
internal sealed class NabSet : IBenchmarkSet
{
    private const string Files = "nab/realAWSCloudwatch";
    private const int ShortestWindow = 1, LongestWindow = 50;

    private readonly MLContext _ml;
    private readonly Dictionary<string, Stretch[]> _files = new(StringComparer.Ordinal);

    public NabSet(MLContext ml, DataFolder folder, ToolConsole console)
    {
        _ml = ml;
        foreach (string task in Tasks)
        {
            NabLabelFile labels = NabLabelFile.Read(folder.Path($"nab/labels/combined_{task}.json"));
            _files[task] = [.. folder.Files(Files, "*.csv").Select(name => Read(folder.Table($"{Files}/{name}"), name, labels, console))];
        }
        DataHash = folder.Hash();
    }

    public string Name => "nab";

    public IReadOnlyList<string> Tasks { get; } = ["windows", "labels"];

    public string DataHash { get; }

    public SeriesSplit Split { get; } = new(60, 20, 20);

    public PartLimits Limits => PartLimits.None;

    public PartLimits QuickLimits { get; } = new(300, 150, null);

    public bool ReportsSources => true;

    public int? BalancedDraw => null;

    public bool ScalesEachSeries(string task) => false;

    public BenchmarkData Cut(string task, SeriesSplit split, int seed)
    {
        IReadOnlyList<LabeledSeries> Windows(Func<Stretch, (int From, int To)> part) => SeriesWindows.Cut(_ml,
            [.. _files[task].Select(file => file.Cut(part(file).From, part(file).To))],
            new WindowSeriesOptions { WindowSize = LongestWindow, MinimumWindowSize = ShortestWindow, TrailingReadings = TrailingReadings.Keep, Seed = seed });

        (int Validation, int Test) Cuts(Stretch file) => split.Cuts(file.Values.Length);
        IReadOnlyList<LabeledSeries> training = Windows(file => (0, Cuts(file).Validation));
        IReadOnlyList<LabeledSeries> balanced = BalancedSeries.Of(_ml, training, seed);
        return new BenchmarkData(training, balanced, balanced.Count - training.Count, Windows(file => Cuts(file)), Windows(file => (Cuts(file).Test, file.Values.Length)));
    }

    private static Stretch Read(InputTable table, string name, NabLabelFile labels, ToolConsole console)
    {
        int time = table.Column("timestamp"), value = table.Column("value");
        DateTime[] times = [.. table.Rows.Select(row => table.Time(row, time))];
        Func<int, bool> isAnomaly = labels.For(table, [.. times.Select(one => (DateTime?)one)], "timestamp", console);
        return new Stretch(
            name,
            table.Rows.Select(row => table.Number(row, value)).ToArray(),
            Enumerable.Range(0, times.Length).Select(isAnomaly).ToArray(),
            times.Select(one => (one - times[0]).TotalDays).ToArray());
    }
}
