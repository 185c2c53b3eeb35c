namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>
/// Range-AUC and the volume under the surface by their definition: for every window and every threshold a pass over all points and all
/// stretches.
/// </summary>
internal static class StraightforwardRangeMetrics
{
    private const int Thresholds = 250;

    public static (double Roc, double PrecisionRecall) RangeAuc(double[] scores, bool[] labels, int window)
    {
        double[] widened = Widen(labels, window);
        return Areas(scores, labels, widened, Runs([.. widened.Select(label => label > 0)]), ofSurface: false);
    }

    public static (double Roc, double PrecisionRecall) VolumeUnderSurface(double[] scores, bool[] labels, int maximumWindow)
    {
        (double Roc, double PrecisionRecall)[] areas = [.. Enumerable.Range(0, maximumWindow + 1).Select(window => Areas(scores, labels, Widen(labels, window), Joined(labels, window), ofSurface: true))];
        return (areas.Average(area => area.Roc), areas.Average(area => area.PrecisionRecall));
    }

    private static (double, double) Areas(double[] scores, bool[] labels, double[] widened, List<(int Start, int End)> stretches, bool ofSurface)
    {
        if (!labels.Contains(true))
            return (double.NaN, double.NaN);
        double[] falling = [.. scores.OrderDescending()];
        var curve = new List<(double X, double Recall, double Precision)> { (0, 0, 1) };
        for (int k = 0; k < Thresholds; k++)
        {
            int rank = k == Thresholds - 1 ? scores.Length - 1 : (int)Math.Truncate(k * ((scores.Length - 1) / (double)(Thresholds - 1)));
            bool[] flags = [.. scores.Select(score => score >= falling[rank])];
            double[] counted = [.. widened.Select((label, i) => labels[i] ? 1 : !ofSurface || flags[i] ? label : 0)];
            int flagged = flags.Count(flag => flag);
            double positives = (labels.Count(label => label) + counted.Sum()) / 2;
            double truePositives = flags.Zip(counted, (flag, label) => flag ? label : 0).Sum();
            int found = stretches.Count(stretch => Enumerable.Range(stretch.Start, stretch.End - stretch.Start + 1).Any(i => flags[i]));
            curve.Add(((flagged - truePositives) / (scores.Length - positives), Math.Min(truePositives / positives, 1) * found / stretches.Count, truePositives / flagged));
        }
        double precisionRecall = curve.Zip(curve.Skip(1), (a, b) => (b.Recall - a.Recall) * (ofSurface ? b.Precision : (a.Precision + b.Precision) / 2)).Sum();
        curve.Add((1, 1, double.NaN));
        return (curve.Zip(curve.Skip(1), (a, b) => (b.X - a.X) * (a.Recall + b.Recall) / 2).Sum(), precisionRecall);
    }

    /// <summary>Every stretch adds √(1 − d / window) to the points up to window / 2 away; 1 at most remains.</summary>
    private static double[] Widen(bool[] labels, int window)
    {
        double[] widened = [.. labels.Select(label => label ? 1.0 : 0.0)];
        foreach ((int start, int end) in Runs(labels))
            for (int d = 1; d <= window / 2; d++)
            {
                if (start - d >= 0)
                    widened[start - d] += Math.Sqrt(1 - d / (double)window);
                if (end + d < labels.Length)
                    widened[end + d] += Math.Sqrt(1 - d / (double)window);
            }
        return [.. widened.Select(label => Math.Min(label, 1))];
    }

    /// <summary>Stretches part where the one's end and the next one's start, both moved by the margin, do not meet.</summary>
    private static List<(int Start, int End)> Joined(bool[] labels, int window)
    {
        int margin = window / 2;
        var joined = new List<(int Start, int End)>();
        List<(int Start, int End)> runs = Runs(labels);
        for (int i = 0; i < runs.Count; i++)
        {
            int start = Math.Max(runs[i].Start - margin, 0);
            while (i + 1 < runs.Count && runs[i].End + margin >= runs[i + 1].Start - margin)
                i++;
            joined.Add((start, Math.Min(runs[i].End + margin, labels.Length - 1)));
        }
        return joined;
    }

    private static List<(int Start, int End)> Runs(bool[] points)
    {
        var runs = new List<(int, int)>();
        for (int i = 0; i < points.Length; i++)
            if (points[i] && (i == 0 || !points[i - 1]))
                runs.Add((i, Enumerable.Range(i, points.Length - i).TakeWhile(j => points[j]).Last()));
        return runs;
    }
}
