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
                DescribeValues(values, times, neighbours, rows, features);
        }, cancellation);
        return table;
    }

    private static void DescribeValues(float[] values, double[] times, int neighbours, Span<float> rows, int features)
    {
        // The nearest values that are not missing, before and behind the current one; carried, for a search from each value would take the square of a gap.
        int before = -1, behind = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (behind <= i)
                for (behind = i + 1; behind < values.Length && float.IsNaN(values[behind]);)
                    behind++;
            DescribeValue(values, times, i, before, behind, neighbours, rows.Slice(i * features, features));
            if (!float.IsNaN(values[i]))
                before = i;
        }
    }

    /// <param name="values">The series on its scale.</param>
    /// <param name="times">Their times.</param>
    /// <param name="i">The value.</param>
    /// <param name="before">The last one before it that is not missing; −1 where there is none.</param>
    /// <param name="behind">The first one behind it that is not missing; the number of values where there is none.</param>
    /// <param name="neighbours">Values on each side.</param>
    /// <param name="row">Takes the description.</param>
    private static void DescribeValue(float[] values, double[] times, int i, int before, int behind, int neighbours, Span<float> row)
    {
        int from = Math.Max(0, i - neighbours), end = (int)Math.Min(values.Length, (long)i + neighbours + 1);
        Span<float> around = row[s_ofValue.Length..];
        WindowStatistics.Compute(values.AsSpan(from..end), times.AsSpan(from..end), around);
        row[0] = values[i];
        row[1] = before < 0 ? float.NaN : values[i] - values[before];
        row[2] = behind == values.Length ? float.NaN : values[behind] - values[i];
        row[3] = (values[i] - around[2]) / around[3];
        row[4] = i;
        row[5] = values.Length - 1 - i;
    }
}
