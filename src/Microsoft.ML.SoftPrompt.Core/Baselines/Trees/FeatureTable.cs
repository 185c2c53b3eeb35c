using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>What the trees see: a row of numbers for each label.</summary>
/// <param name="Features">Numbers in a row.</param>
/// <param name="Values">Row after row; NaN where a number is not defined.</param>
internal sealed record FeatureTable(int Features, float[] Values)
{
    private static readonly string[] s_ofValue = ["value", "step from the last", "step to the next", "deviations from the neighbourhood's mean", "values before", "values behind"];

    public int Rows => Values.Length / Features;

    public static IReadOnlyList<string> Names(LabelKind labelKind) => labelKind == LabelKind.Series ? WindowStatistics.Names : [.. s_ofValue, .. WindowStatistics.Names];

    /// <summary>Describes each series, or each value by itself and its neighbours.</summary>
    /// <param name="series">Checked series.</param>
    /// <param name="labelKind">What a label belongs to.</param>
    /// <param name="scale">The scale that values are compared on.</param>
    /// <param name="neighbours">Values on each side that describe a value's neighbourhood.</param>
    /// <param name="cancellation">Asked between series.</param>
    public static FeatureTable Of(IReadOnlyList<LabeledSeries> series, LabelKind labelKind, ValueScale scale, int neighbours, CancellationToken cancellation)
    {
        int features = Names(labelKind).Count;
        var starts = new int[series.Count + 1];
        for (int s = 0; s < series.Count; s++)
            starts[s + 1] = starts[s] + series[s].Labels.Length;
        var table = new FeatureTable(features, new float[checked(starts[^1] * features)]);
        Scheduler.Run(series.Count, s =>
        {
            MeanDeviation of = scale.Of(series[s].Group);
            float[] values = Array.ConvertAll(series[s].Values.ToArray(), value => of.ToSingle(value));
            double[] times = series[s].Times.IsEmpty ? Enumerable.Range(0, values.Length).Select(i => (double)i).ToArray() : series[s].Times.ToArray();
            Span<float> rows = table.Values.AsSpan((starts[s] * features)..(starts[s + 1] * features));
            if (labelKind == LabelKind.Series)
                WindowStatistics.Compute(values, times, rows);
            else
                for (int i = 0; i < values.Length; i++)
                    DescribeValue(values, times, i, neighbours, rows.Slice(i * features, features));
        }, cancellation);
        return table;
    }

    private static void DescribeValue(float[] values, double[] times, int i, int neighbours, Span<float> row)
    {
        int from = Math.Max(0, i - neighbours), end = Math.Min(values.Length, i + neighbours + 1);
        Span<float> around = row[s_ofValue.Length..];
        WindowStatistics.Compute(values.AsSpan(from..end), times.AsSpan(from..end), around);
        int before = Array.FindLastIndex(values, Math.Max(0, i - 1), i, value => !float.IsNaN(value)), behind = Array.FindIndex(values, i + 1, value => !float.IsNaN(value));
        row[0] = values[i];
        row[1] = before < 0 ? float.NaN : values[i] - values[before];
        row[2] = behind < 0 ? float.NaN : values[behind] - values[i];
        row[3] = (values[i] - around[2]) / around[3];
        row[4] = i;
        row[5] = values.Length - 1 - i;
    }
}
