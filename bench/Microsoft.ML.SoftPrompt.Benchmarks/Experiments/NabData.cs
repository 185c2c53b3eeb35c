using System.Globalization;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Benchmarks.Experiments;

/// <summary>
/// The AWS CloudWatch files of the Numenta Anomaly Benchmark: each cut by time into 60 % for training, 20 % for validation and 20 % for
/// the test, then into windows of 50 readings, anomalous where they meet a label window.
/// </summary>
internal static class NabData
{
    private const int WindowSize = 50;
    private const double TrainShare = 0.6, ValidationShare = 0.2;

    public static ExperimentData Read(MLContext ml, string folder)
    {
        using var labels = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "labels", "combined_windows.json")));
        Reading[][] files = [.. Directory.GetFiles(Path.Combine(folder, "realAWSCloudwatch"), "*.csv").Order(StringComparer.Ordinal).Select(file => Readings(file, labels.RootElement))];
        return new ExperimentData("nab", ByGroup: true, Windows(ml, files, 0, TrainShare), Windows(ml, files, TrainShare, TrainShare + ValidationShare),
            Windows(ml, files, TrainShare + ValidationShare, 1));
    }

    private static SeriesRow[] Windows(MLContext ml, Reading[][] files, double from, double to)
    {
        var readings = ml.Data.LoadFromEnumerable(files.SelectMany(file => file[Place(from, file)..Place(to, file)]));
        var windows = ml.Data.WindowSeries(readings, "Series", nameof(Reading.Value), nameof(Reading.IsAnomaly), nameof(Reading.Group), WindowSize, WindowSize);
        return [.. ml.Data.CreateEnumerable<Window>(windows, reuseRowObject: false)
            .Select(window => new SeriesRow { Group = window.Group, Source = window.Group, Series = window.Series, Label = window.Label })];
    }

    private static int Place(double share, Reading[] file) => (int)Math.Round(share * file.Length, MidpointRounding.AwayFromZero);

    private static Reading[] Readings(string file, JsonElement labels)
    {
        string name = Path.GetFileName(file);
        (DateTime From, DateTime To)[] anomalies = [.. labels.GetProperty("realAWSCloudwatch/" + name).EnumerateArray().Select(pair => (Time(pair[0].GetString()!), Time(pair[1].GetString()!)))];
        return [.. File.ReadLines(file).Skip(1).Select(line => line.Split(',')).Select(cells => new Reading
        {
            Group = name,
            Value = float.Parse(cells[1], CultureInfo.InvariantCulture),
            IsAnomaly = anomalies.Any(anomaly => anomaly.From <= Time(cells[0]) && Time(cells[0]) <= anomaly.To),
        })];
    }

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture);

    private sealed class Reading
    {
        public string Group { get; set; } = "";

        public float Value { get; set; }

        public bool IsAnomaly { get; set; }
    }

    private sealed class Window
    {
        public string Group { get; set; } = "";

        public float[] Series { get; set; } = [];

        public bool Label { get; set; }
    }
}
