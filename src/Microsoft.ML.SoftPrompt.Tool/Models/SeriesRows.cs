using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>Series as ML.NET data, a row a reading, and the windows cut from them. The names of the columns are the model's.</summary>
internal static class SeriesRows
{
    public const string Series = "Series", Tokens = "Tokens", Label = "Label", Group = nameof(ReadingRow.Group), Value = nameof(ReadingRow.Value), IsAnomaly = nameof(ReadingRow.IsAnomaly);

    /// <summary>A row a reading.</summary>
    public static IDataView Readings(MLContext ml, IReadOnlyList<ReadingSeries> series) =>
        ml.Data.LoadFromEnumerable(series.SelectMany(one => one.Readings.Select(reading => new ReadingRow
        {
            Group = one.Name,
            Value = reading.Value,
            IsAnomaly = reading.IsAnomaly,
        })));

    /// <summary>Windows at every stride, with labels where they are wanted.</summary>
    public static IDataView Windows(MLContext ml, IReadOnlyList<ReadingSeries> series, TrainingSettings settings, TrailingReadings trailing, bool labels) =>
        ml.Data.WindowSeries(Readings(ml, series), new WindowSeriesOptions
        {
            OutputColumnName = Series,
            InputColumnName = Value,
            LabelColumnName = labels ? IsAnomaly : null,
            OutputLabelColumnName = Label,
            PointLabels = settings.PointLabels,
            GroupColumnName = Group,
            WindowSize = settings.Window,
            Stride = settings.Stride,
            TrailingReadings = trailing,
        });

    /// <summary>Windows of the places given, without labels; one of a shorter series is the whole series.</summary>
    /// <param name="places">Index of the series, and of the window's first reading.</param>
    public static IDataView Windows(MLContext ml, IReadOnlyList<ReadingSeries> series, IReadOnlyList<(int Series, int Start)> places, int window) =>
        ml.Data.LoadFromEnumerable(places.Select(place => new WindowRow
        {
            Group = series[place.Series].Name,
            Start = place.Start,
            Series = series[place.Series].Readings.Skip(place.Start).Take(window).Select(reading => reading.Value).ToArray(),
        }));

    private sealed class WindowRow
    {
        public string Group { get; set; } = "";

        public long Start { get; set; }

        public float[] Series { get; set; } = [];
    }

    private sealed class ReadingRow
    {
        public string Group { get; set; } = "";

        public float Value { get; set; }

        public bool IsAnomaly { get; set; }
    }
}
