using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>Applies a model to series.</summary>
internal static class Scorer
{
    /// <summary>
    /// For every reading of every series the mean logit of the windows that hold it. The last window of a series is moved back to end
    /// with it, so that none is left out; for the same reason strides never exceed the window.
    /// </summary>
    public static IReadOnlyList<ReadingScore[]> Readings(MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, ToolConsole console, CancellationToken cancellation)
    {
        double[][] sums = series.Select(one => new double[one.Count]).ToArray();
        int[][] counts = series.Select(one => new int[one.Count]).ToArray();
        Windows(ml, model, series, console, window =>
        {
            int length = Math.Min(model.Settings.Window, series[window.Series].Count);
            for (int i = 0; i < length; i++)
            {
                sums[window.Series][window.Start + i] += window.Logits[window.Logits.Length == 1 ? 0 : i];
                counts[window.Series][window.Start + i]++;
            }
        }, cancellation);
        return sums.Select((sum, index) => sum.Select((total, i) =>
        {
            float logit = (float)(total / counts[index][i]);
            return new ReadingScore(logit, (float)model.Parameters.ToProbability(logit), logit > model.Parameters.ScoreThreshold);
        }).ToArray()).ToArray();
    }

    /// <summary>The logits of the items, in their order: windows as in training, or readings.</summary>
    public static double[] Items(MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, IReadOnlyList<JudgedItem> items, ToolConsole console, CancellationToken cancellation)
    {
        if (model.Parameters.LabelsPoints)
        {
            IReadOnlyList<ReadingScore[]> scores = Readings(ml, model, series, console, cancellation);
            return items.Select(item => (double)scores[item.Series][item.Start].Logit).ToArray();
        }
        IDataView windows = SeriesRows.Windows(ml, series, model.Settings, TrailingReadings.Drop, labels: false);
        var logits = new Dictionary<(int, int), double>();
        Show(console, items.Count, Score(ml, model, series, windows, cancellation), window => logits.Add((window.Series, window.Start), window.Logits[0]));
        return items.Select(item => logits[(item.Series, item.Start)]).ToArray();
    }

    /// <summary>Windows at every stride, and the last one of a series moved back to end with it; shown as they are scored.</summary>
    /// <param name="take">Takes each; it is valid until the next.</param>
    public static void Windows(
        MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, ToolConsole console, Action<ScoredWindow> take, CancellationToken cancellation)
    {
        TrainingSettings settings = model.Settings with { Stride = StrideOf(model) };
        long count = series.Sum(one => 1 + (Math.Max(0, one.Count - settings.Window) + settings.Stride - 1L) / settings.Stride);
        Show(console, count, Score(ml, model, series, SeriesRows.Windows(ml, series, settings, TrailingReadings.MoveBack, labels: false), cancellation), take);
    }

    /// <summary>Those of <see cref="Windows"/> that hold a reading.</summary>
    public static IEnumerable<ScoredWindow> Holding(MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, int index, int reading, CancellationToken cancellation)
    {
        int window = model.Settings.Window, stride = StrideOf(model), last = Math.Max(0, series[index].Count - window);
        var starts = new List<int>();
        for (int start = Math.Max(0, reading - window + stride) / stride * stride; start <= reading && start < last; start += stride)
            starts.Add(start);
        if (reading >= last)
            starts.Add(last);
        return Score(ml, model, series, SeriesRows.Windows(ml, series, starts.ConvertAll(start => (index, start)), window), cancellation);
    }

    // A longer stride would leave readings out.
    private static int StrideOf(AppliedModel model) => Math.Min(model.Settings.Stride, model.Settings.Window);

    private static void Show(ToolConsole console, long count, IEnumerable<ScoredWindow> windows, Action<ScoredWindow> take) =>
        ProgressDisplay.Count(console, "scoring", "windows", count, progress =>
        {
            long done = 0;
            foreach (ScoredWindow window in windows)
            {
                take(window);
                progress.Report(++done);
            }
            return done;
        });

    private static IEnumerable<ScoredWindow> Score(MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, IDataView windows, CancellationToken cancellation)
    {
        Dictionary<string, int> indices = series.Select((one, index) => (one.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index, StringComparer.Ordinal);
        IDataView scored = model.Chain.Transform(windows);
        IEnumerable<ScoredWindow> rows = model.Parameters.LabelsPoints
            ? ml.Data.CreateEnumerable<PointRow>(scored, reuseRowObject: true).Select(row => new ScoredWindow(indices[row.Group], (int)row.Start, row.Score))
            : ml.Data.CreateEnumerable<WindowRow>(scored, reuseRowObject: true).Select(row => new ScoredWindow(indices[row.Group], (int)row.Start, [row.Score]));
        foreach (ScoredWindow window in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return window;
        }
    }

    private sealed class WindowRow
    {
        public string Group { get; set; } = "";

        public long Start { get; set; }

        public float Score { get; set; }
    }

    private sealed class PointRow
    {
        public string Group { get; set; } = "";

        public long Start { get; set; }

        public float[] Score { get; set; } = [];
    }
}

/// <summary>A window with its logit, or with one a reading.</summary>
/// <param name="Series">Index of the series.</param>
/// <param name="Start">Index of its first reading within the series.</param>
internal readonly record struct ScoredWindow(int Series, int Start, float[] Logits);
