using Microsoft.ML.SoftPrompt.Baselines;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

/// <summary>Readings in a row, of one source and one part: no window spans two of them.</summary>
/// <param name="Source">The file or stream.</param>
/// <param name="Days">Times in days from any origin; empty for equal steps of one.</param>
internal sealed record Stretch(string Source, ReadOnlyMemory<float> Values, ReadOnlyMemory<bool> Labels, ReadOnlyMemory<double> Days)
{
    public Stretch Cut(int from, int to) => new(Source, Values[from..to], Labels[from..to], Days.IsEmpty ? Days : Days[from..to]);
}

/// <summary>Cuts stretches into windows with WindowSeries; a window is anomalous when any of its readings is.</summary>
internal static class SeriesWindows
{
    public static IReadOnlyList<LabeledSeries> Cut(MLContext ml, IReadOnlyList<Stretch> stretches, WindowSeriesOptions options)
    {
        // A stretch shorter than the window has none, and WindowSeries refuses data without any.
        if (!stretches.Any(stretch => stretch.Values.Length >= (options.MinimumWindowSize ?? options.WindowSize)))
            return [];
        var readings = ml.Data.LoadFromEnumerable(stretches.SelectMany((stretch, s) => Enumerable.Range(0, stretch.Values.Length).Select(i => new Reading
        {
            Stretch = s,
            Value = stretch.Values.Span[i],
            IsAnomaly = stretch.Labels.Span[i],
        })));
        options.OutputColumnName = nameof(Window.Series);
        options.InputColumnName = nameof(Reading.Value);
        options.LabelColumnName = nameof(Reading.IsAnomaly);
        options.GroupColumnName = nameof(Reading.Stretch);
        return [.. ml.Data.CreateEnumerable<Window>(ml.Data.WindowSeries(readings, options), reuseRowObject: false).Select(window =>
        {
            Stretch stretch = stretches[window.Stretch];
            return new LabeledSeries(window.Series, new[] { window.Label })
            {
                Group = stretch.Source,
                Source = stretch.Source,
                Times = stretch.Days.IsEmpty ? default : SinceFirst(stretch.Days.Span.Slice((int)window.Start, window.Series.Length)),
            };
        })];
    }

    /// <summary>Times from the first on.</summary>
    public static double[] SinceFirst(ReadOnlySpan<double> days)
    {
        double[] since = days.ToArray();
        for (int i = since.Length - 1; i >= 0; i--)
            since[i] -= since[0];
        return since;
    }

    private sealed class Reading
    {
        public int Stretch { get; set; }

        public float Value { get; set; }

        public bool IsAnomaly { get; set; }
    }

    private sealed class Window
    {
        public int Stretch { get; set; }

        public float[] Series { get; set; } = [];

        public bool Label { get; set; }

        public long Start { get; set; }
    }
}
