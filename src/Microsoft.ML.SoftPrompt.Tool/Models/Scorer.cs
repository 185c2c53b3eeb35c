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
    public static IReadOnlyList<ReadingScore[]> Readings(MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, CancellationToken cancellation)
    {
        TrainingSettings settings = model.Settings with { Stride = Math.Min(model.Settings.Stride, model.Settings.Window) };
        Dictionary<string, int> indices = Indices(series);
        double[][] sums = series.Select(one => new double[one.Count]).ToArray();
        int[][] counts = series.Select(one => new int[one.Count]).ToArray();
        foreach (ScoredWindow window in Windows(ml, model, series, settings, TrailingReadings.MoveBack, cancellation))
        {
            int index = indices[window.Group];
            int length = Math.Min(settings.Window, series[index].Count);
            for (int i = 0; i < length; i++)
            {
                sums[index][window.Start + i] += window.Logits[window.Logits.Length == 1 ? 0 : i];
                counts[index][window.Start + i]++;
            }
        }
        return sums.Select((sum, index) => sum.Select((total, i) =>
        {
            float logit = (float)(total / counts[index][i]);
            return new ReadingScore(logit, (float)model.Parameters.ToProbability(logit), logit > model.Parameters.ScoreThreshold);
        }).ToArray()).ToArray();
    }

    /// <summary>The logits of the items, in their order: windows as in training, or readings.</summary>
    public static double[] Items(MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, IReadOnlyList<JudgedItem> items, CancellationToken cancellation)
    {
        if (model.Parameters.LabelsPoints)
        {
            IReadOnlyList<ReadingScore[]> scores = Readings(ml, model, series, cancellation);
            return items.Select(item => (double)scores[item.Series][item.Start].Logit).ToArray();
        }
        Dictionary<string, int> indices = Indices(series);
        Dictionary<(int, int), double> logits = Windows(ml, model, series, model.Settings, TrailingReadings.Drop, cancellation)
            .ToDictionary(window => (indices[window.Group], window.Start), window => (double)window.Logits[0]);
        return items.Select(item => logits[(item.Series, item.Start)]).ToArray();
    }

    private static IEnumerable<ScoredWindow> Windows(
        MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, TrainingSettings settings, TrailingReadings trailing, CancellationToken cancellation)
    {
        IDataView scored = model.Chain.Transform(SeriesRows.Windows(ml, series, settings, trailing, labels: false));
        IEnumerable<ScoredWindow> windows = model.Parameters.LabelsPoints
            ? ml.Data.CreateEnumerable<PointRow>(scored, reuseRowObject: true).Select(row => new ScoredWindow(row.Group, (int)row.Start, row.Score))
            : ml.Data.CreateEnumerable<WindowRow>(scored, reuseRowObject: true).Select(row => new ScoredWindow(row.Group, (int)row.Start, [row.Score]));
        foreach (ScoredWindow window in windows)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return window;
        }
    }

    private static Dictionary<string, int> Indices(IReadOnlyList<ReadingSeries> series) =>
        series.Select((one, index) => (one.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index, StringComparer.Ordinal);

    private readonly record struct ScoredWindow(string Group, int Start, float[] Logits);

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
