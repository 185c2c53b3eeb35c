namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// Turns numbers into bins between which trees split: bin 0 for what is not defined (NaN), then 1 and up in rising order. With few different
/// numbers each has its own bin; with many, the edges stand at their quantiles.
/// </summary>
/// <param name="edges">For each feature, rising: a number is in the bin 1 + how many edges are below it.</param>
internal sealed class FeatureBins(float[][] edges)
{
    /// <summary>Bins of a feature at most: a byte's.</summary>
    public const int Maximum = 256;

    private const int MaximumEdges = Maximum - 2;

    public static FeatureBins Fit(FeatureTable table)
    {
        var edges = new float[table.Features][];
        Tensors.Scheduler.Run(table.Features, f =>
        {
            float[] sorted = Enumerable.Range(0, table.Rows).Select(row => table.Values[row * table.Features + f]).Where(value => !float.IsNaN(value)).Order().ToArray();
            float[] distinct = sorted.Distinct().ToArray();
            edges[f] = distinct.Length <= MaximumEdges + 1
                ? distinct.Zip(distinct.Skip(1), Between).ToArray()
                : Enumerable.Range(1, MaximumEdges).Select(i => sorted[(int)((long)i * sorted.Length / (MaximumEdges + 1))]).Distinct().ToArray();
        });
        return new FeatureBins(edges);
    }

    /// <summary>The table's bins, feature after feature.</summary>
    public byte[][] Bin(FeatureTable table)
    {
        var bins = new byte[table.Features][];
        Tensors.Scheduler.Run(table.Features, f =>
        {
            bins[f] = new byte[table.Rows];
            for (int row = 0; row < table.Rows; row++)
                bins[f][row] = BinOf(f, table.Values[row * table.Features + f]);
        });
        return bins;
    }

    private byte BinOf(int feature, float value)
    {
        if (float.IsNaN(value))
            return 0;
        int at = Array.BinarySearch(edges[feature], value);
        return (byte)(1 + (at >= 0 ? at : ~at));
    }

    /// <summary>Halfway, in double, where the sum of two Singles cannot overflow; the lower one where they are neighbours.</summary>
    private static float Between(float lower, float upper) => (float)(((double)lower + upper) / 2) is var middle && middle < upper ? middle : lower;
}
