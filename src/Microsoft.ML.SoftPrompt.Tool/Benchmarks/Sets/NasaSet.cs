using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

/// <summary>
/// NASA's SMAP telemetry, 54 streams: windows of 100 readings, stride 10, training pooled over the streams. Each stream's labelled file is
/// cut by time before windows are cut, so that a window that would reach over a cut is none; the file published for training, which has no
/// anomaly, joins the training part.
/// </summary>
internal sealed class NasaSet : IBenchmarkSet
{
    private const string Files = "nasa/smap", TestEnding = ".test.csv", TrainEnding = ".train.csv";
    private const int WindowSize = 100, Stride = 10;

    private readonly MLContext _ml;
    private readonly (Stretch Published, Stretch Labelled)[] _streams;

    public NasaSet(MLContext ml, DataFolder folder)
    {
        _ml = ml;
        // By the files rather than by the label file, where P-2 stands twice; its labels in the file are the union.
        _streams = [.. folder.Files(Files, $"*{TestEnding}").Select(file =>
        {
            string stream = file[..^TestEnding.Length];
            return (Read(folder.Table($"{Files}/{stream}{TrainEnding}"), stream), Read(folder.Table($"{Files}/{file}"), stream));
        })];
        DataHash = folder.Hash();
    }

    public string Name => "nasa";

    public IReadOnlyList<string> Tasks { get; } = ["smap"];

    public string DataHash { get; }

    public SeriesSplit Split { get; } = new(60, 20, 20);

    public PartLimits Limits { get; } = new(1000, 500, 2000);

    public PartLimits QuickLimits { get; } = new(150, 100, 400);

    public bool ReportsSources => true;

    public int? BalancedDraw => null;

    public bool ScalesEachSeries(string task) => false;

    public BenchmarkData Cut(string task, SeriesSplit split, int seed)
    {
        IReadOnlyList<LabeledSeries> Windows(IEnumerable<Stretch> stretches) =>
            SeriesWindows.Cut(_ml, [.. stretches], new WindowSeriesOptions { WindowSize = WindowSize, Stride = Stride });

        (int Validation, int Test) Cuts(Stretch stream) => split.Cuts(stream.Values.Length);
        Stretch[] labelled = [.. _streams.Select(stream => stream.Labelled)];
        IReadOnlyList<LabeledSeries> training = Windows(_streams.SelectMany(stream => new[] { stream.Published, stream.Labelled.Cut(0, Cuts(stream.Labelled).Validation) }));
        IReadOnlyList<LabeledSeries> balanced = BalancedSeries.Of(_ml, training, seed);
        return new BenchmarkData(training, balanced, balanced.Count - training.Count,
            Windows(labelled.Select(stream => stream.Cut(Cuts(stream).Validation, Cuts(stream).Test))),
            Windows(labelled.Select(stream => stream.Cut(Cuts(stream).Test, stream.Values.Length))));
    }

    private static Stretch Read(InputTable table, string stream)
    {
        int value = table.Column("value"), label = Array.IndexOf(table.Columns, "is_anomaly");
        return new Stretch(
            stream,
            table.Rows.Select(row => table.Number(row, value)).ToArray(),
            table.Rows.Select(row => label >= 0 && table.Label(row, label)).ToArray(),
            default);
    }
}
