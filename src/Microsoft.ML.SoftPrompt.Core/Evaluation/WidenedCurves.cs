namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>
/// The ROC and precision–recall curves of a series whose anomalous stretches are widened (<see cref="RangeMetrics"/>). What does not
/// depend on the window is found once: from which threshold on each point is flagged. A window then only looks at the points of its
/// widened stretches.
/// </summary>
internal sealed class WidenedCurves
{
    private const int Thresholds = 250; // the package's default

    private const int OutOfReach = int.MaxValue;

    private readonly List<Stretch> _anomalies;

    // [points]: the distances to the nearest and to the second nearest anomalous stretch; 0 within a stretch.
    private readonly int[] _nearest;
    private readonly int[] _second;

    // [points]: the first threshold at which it is flagged.
    private readonly int[] _flaggedFrom;

    // [Thresholds]: the points flagged at it.
    private readonly int[] _flagged = new int[Thresholds];

    public WidenedCurves(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        RankedScores.Check(scores, labels);
        _anomalies = Stretch.Of(labels);
        (_nearest, _second) = Distances(_anomalies, labels.Length);
        _flaggedFrom = FlaggedFrom(scores);
        foreach (int threshold in _flaggedFrom)
            _flagged[threshold]++;
        for (int k = 1; k < Thresholds; k++)
            _flagged[k] += _flagged[k - 1];
    }

    /// <summary>The areas under both curves; NaN where they do not exist.</summary>
    /// <param name="window">Points by which each stretch is widened, half of them on either side.</param>
    /// <param name="ofSurface">
    /// As the package does it for a slice of the surface, where the margins count as anomalous only as far as they are flagged, stretches
    /// that touch stay two, and the area under the precision–recall curve is taken in steps; otherwise as it does it for a single window.
    /// </param>
    public (double Roc, double PrecisionRecall) Areas(int window, bool ofSurface)
    {
        if (_anomalies.Count == 0)
            return (double.NaN, double.NaN);

        List<Stretch> stretches = WidenedStretches(window / 2, joinTouching: !ofSurface);
        // What each threshold adds: anomalous points, the labels of margins, and stretches in which something is flagged.
        Span<int> points = stackalloc int[Thresholds];
        Span<double> margins = stackalloc double[Thresholds];
        Span<int> found = stackalloc int[Thresholds];
        points.Clear();
        margins.Clear();
        found.Clear();
        foreach ((int start, int end) in stretches)
        {
            int first = Thresholds - 1;
            for (int i = start; i <= end; i++)
            {
                int threshold = _flaggedFrom[i];
                first = Math.Min(first, threshold);
                if (_nearest[i] == 0)
                    points[threshold]++;
                else
                    margins[threshold] += MarginLabel(i, window);
            }
            found[first]++;
        }
        return Areas(points, margins, found, ofSurface);
    }

    private (double Roc, double PrecisionRecall) Areas(ReadOnlySpan<int> points, ReadOnlySpan<double> margins, ReadOnlySpan<int> found, bool ofSurface)
    {
        int allPoints = 0;
        int stretches = 0;
        double allMargins = 0;
        for (int k = 0; k < Thresholds; k++)
            (allPoints, allMargins, stretches) = (allPoints + points[k], allMargins + margins[k], stretches + found[k]);

        (double roc, double precisionRecall) = (0, 0);
        (double falseRate, double recall, double precision) = (0, 0, 1);
        int flaggedPoints = 0;
        int foundStretches = 0;
        double flaggedMargins = 0;
        for (int k = 0; k < Thresholds; k++)
        {
            (flaggedPoints, flaggedMargins, foundStretches) = (flaggedPoints + points[k], flaggedMargins + margins[k], foundStretches + found[k]);
            double truePositives = flaggedPoints + flaggedMargins;
            double positives = allPoints + (ofSurface ? flaggedMargins : allMargins) / 2;
            double nextFalseRate = (_flagged[k] - truePositives) / (_nearest.Length - positives);
            double nextRecall = Math.Min(truePositives / positives, 1) * ((double)foundStretches / stretches);
            double nextPrecision = truePositives / _flagged[k];
            roc += (nextFalseRate - falseRate) * (nextRecall + recall) / 2;
            precisionRecall += (nextRecall - recall) * (ofSurface ? nextPrecision : (nextPrecision + precision) / 2);
            (falseRate, recall, precision) = (nextFalseRate, nextRecall, nextPrecision);
        }
        // With everything flagged the false positive rate stays below 1 where margins count as anomalous; the package closes the curve.
        return (roc + (1 - falseRate) * (1 + recall) / 2, precisionRecall);
    }

    /// <summary>The thresholds are the scores at evenly spaced ranks, rounded down as the package does it.</summary>
    private static int[] FlaggedFrom(ReadOnlySpan<double> scores)
    {
        double[] falling = scores.ToArray();
        int[] points = [.. Enumerable.Range(0, falling.Length)];
        Array.Sort(falling, points);
        Array.Reverse(falling);
        Array.Reverse(points);

        double step = (falling.Length - 1) / (Thresholds - 1.0);
        // The last is named, since its product may round below it.
        double Threshold(int k) => falling[k == Thresholds - 1 ? falling.Length - 1 : (int)(k * step)];
        var from = new int[falling.Length];
        int k = 0;
        for (int rank = 0; rank < falling.Length; rank++)
        {
            while (falling[rank] < Threshold(k))
                k++;
            from[points[rank]] = k;
        }
        return from;
    }

    private List<Stretch> WidenedStretches(int margin, bool joinTouching)
    {
        var stretches = new List<Stretch>();
        // In 64 bits, since a margin may be far longer than the series.
        int Start(Stretch anomaly) => (int)Math.Max((long)anomaly.Start - margin, 0);
        int End(Stretch anomaly) => (int)Math.Min((long)anomaly.End + margin, _nearest.Length - 1);
        foreach (Stretch anomaly in _anomalies)
        {
            bool joins = stretches.Count > 0 && stretches[^1].End + (joinTouching ? 1L : 0L) >= (long)anomaly.Start - margin;
            if (joins)
                stretches[^1] = stretches[^1] with { End = End(anomaly) };
            else
                stretches.Add(new Stretch(Start(anomaly), End(anomaly)));
        }
        return stretches;
    }

    /// <summary>
    /// How anomalous a normal point within reach of a stretch counts. What several stretches give it is added up and cut at 1; as none
    /// gives less than √½, two make it 1.
    /// </summary>
    private double MarginLabel(int point, int window) => _second[point] <= window / 2 ? 1 : Math.Sqrt(1 - _nearest[point] / (double)window);

    private static (int[] Nearest, int[] Second) Distances(List<Stretch> anomalies, int points)
    {
        var nearest = new int[points];
        var second = new int[points];
        for (int next = 0; next <= anomalies.Count; next++)
        {
            // The normal points before an anomaly. Of all anomalies the two nearest are among two on either side.
            int start = next > 0 ? anomalies[next - 1].End + 1 : 0;
            int end = next < anomalies.Count ? anomalies[next].Start : points;
            for (int i = start; i < end; i++)
            {
                (nearest[i], second[i]) = (OutOfReach, OutOfReach);
                for (int a = Math.Max(next - 2, 0); a < Math.Min(next + 2, anomalies.Count); a++)
                {
                    int distance = a < next ? i - anomalies[a].End : anomalies[a].Start - i;
                    second[i] = Math.Min(second[i], Math.Max(nearest[i], distance));
                    nearest[i] = Math.Min(nearest[i], distance);
                }
            }
        }
        return (nearest, second);
    }
}
