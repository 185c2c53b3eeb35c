using Microsoft.ML.SoftPrompt.Baselines;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

/// <summary>
/// Balances a training part with T-SMOTE (SPEAR, eq. (4)) across its groups and lengths: every group is first scaled to [0, 1] by its own
/// range, so that anomalies of a file with few have neighbours in others, and what is made goes back to the range, and the length, of the
/// series that it was made from.
/// </summary>
internal static class BalancedSeries
{
    // T-SMOTE's usual k, as far as there are so many.
    private const int Neighbours = 5;

    /// <summary>The training part with the synthetic series behind; the part itself where it has fewer than two series of the rarer class.</summary>
    public static IReadOnlyList<LabeledSeries> Of(MLContext ml, IReadOnlyList<LabeledSeries> training, int seed)
    {
        int anomalous = training.Count(series => series.Labels.Span[0]), rarer = Math.Min(anomalous, training.Count - anomalous);
        if (rarer < 2)
            return training;
        var ranges = training.GroupBy(series => series.Group).ToDictionary(group => group.Key, Range);
        var rows = ml.Data.LoadFromEnumerable(training.Select((series, i) => new Row
        {
            Index = i,
            Series = Array.ConvertAll(series.Values.ToArray(), ranges[series.Group].Scale),
            Label = series.Labels.Span[0],
        }));
        var balancer = ml.Transforms.BalanceTSmote(new TSmoteBalancer.Options
        {
            ColumnName = nameof(Row.Series),
            LabelColumnName = nameof(Row.Label),
            NeighbourCount = Math.Min(Neighbours, rarer - 1),
            Lengths = NeighbourLengths.ResampleToMedian,
            ValidationFraction = 0,
            Seed = seed,
        });
        var made = ml.Data.CreateEnumerable<BalancedRow>(balancer.Fit(rows).Balance(rows), reuseRowObject: false).Where(row => row.IsSynthetic);
        return [.. training, .. made.Select(row =>
        {
            LabeledSeries origin = training[row.Index];
            float[] values = Array.ConvertAll(Resample(row.Series, origin.Values.Length), ranges[origin.Group].Unscale);
            return origin with { Values = values };
        })];
    }

    /// <summary>Brings a series to another length by linear interpolation between its values, the ends kept; a single value is repeated.</summary>
    internal static float[] Resample(float[] values, int length)
    {
        var resampled = new float[length];
        for (int t = 0; t < length; t++)
        {
            double place = length == 1 ? (values.Length - 1) / 2.0 : (double)t * (values.Length - 1) / (length - 1);
            int before = Math.Min((int)place, Math.Max(0, values.Length - 2)), behind = Math.Min(before + 1, values.Length - 1);
            // A missing neighbour that has no weight takes nothing away.
            resampled[t] = place == before ? values[before] : place == behind ? values[behind] : (float)(values[before] + (place - before) * (values[behind] - values[before]));
        }
        return resampled;
    }

    private static GroupRange Range(IEnumerable<LabeledSeries> group)
    {
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (LabeledSeries series in group)
        {
            foreach (float value in series.Values.Span)
                (low, high) = (value < low ? value : low, value > high ? value : high); // false for NaN
        }
        // A constant group, or one without values, keeps its values' distances.
        return high > low ? new GroupRange(low, (double)high - low) : new GroupRange(float.IsFinite(low) ? low : 0, 1);
    }

    private readonly record struct GroupRange(double Low, double Width)
    {
        public float Scale(float value) => (float)((value - Low) / Width);

        public float Unscale(float value) => (float)(Low + value * Width);
    }

    private class Row
    {
        public int Index { get; set; }

        public float[] Series { get; set; } = [];

        public bool Label { get; set; }
    }

    private sealed class BalancedRow : Row
    {
        public bool IsSynthetic { get; set; }
    }
}
