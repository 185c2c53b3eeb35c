using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>Labels series, or the windows cut from them, by the rules for context anomalies.</summary>
internal static class SeriesLabeler
{
    /// <param name="windows">Window and stride; null labels every series whole.</param>
    public static SeriesLabels Label(MLContext ml, IReadOnlyList<ReadingSeries> series, TrainingSettings? windows, SplitCorrection correction, ToolConsole console, CancellationToken cancellation)
    {
        IDataView rows = windows is null ? Whole(ml, series) : SeriesRows.Windows(ml, series, windows, TrailingReadings.Drop, labels: false);
        IDataView labelled = ml.Transforms.LabelContextAnomalies(nameof(Row.IsContextAnomaly), SeriesRows.Series, correction).Fit(rows).Transform(rows);
        long count = windows is null ? series.Count : series.Sum(one => one.Count < windows.Window ? 0 : 1 + (one.Count - windows.Window) / windows.Stride);
        List<LabelledSeries> items = ProgressDisplay.Count(console, "labelling", windows is null ? "series" : "windows", count, progress =>
        {
            var done = new List<LabelledSeries>();
            foreach (Row row in ml.Data.CreateEnumerable<Row>(labelled, reuseRowObject: false))
            {
                cancellation.ThrowIfCancellationRequested();
                done.Add(new LabelledSeries(row.Group, (int)row.Start, row.Series.Length, row.IsContextAnomaly, row.ContextAnomalies, row.ContextEvidence));
                progress.Report(done.Count);
            }
            return done;
        });
        return new SeriesLabels(SlotNames(labelled, nameof(Row.ContextAnomalies)), SlotNames(labelled, nameof(Row.ContextEvidence)), items);
    }

    private static IDataView Whole(MLContext ml, IReadOnlyList<ReadingSeries> series) =>
        ml.Data.LoadFromEnumerable(series.Select(one => new WholeSeries { Group = one.Name, Series = one.Readings.Select(reading => reading.Value).ToArray() }));

    private static string[] SlotNames(IDataView view, string column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema[column].Annotations.GetValue("SlotNames", ref names);
        return names.DenseValues().Select(name => name.ToString()).ToArray();
    }

    private sealed class WholeSeries
    {
        public string Group { get; set; } = "";

        public long Start { get; set; }

        public float[] Series { get; set; } = [];
    }

    private sealed class Row
    {
        public string Group { get; set; } = "";

        public long Start { get; set; }

        public float[] Series { get; set; } = [];

        public bool IsContextAnomaly { get; set; }

        public bool[] ContextAnomalies { get; set; } = [];

        public double[] ContextEvidence { get; set; } = [];
    }
}
