namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>
/// Bins between given edges. Where values repeat, edges may too, and leave bins of no width between them: the value on such edges goes to the
/// middle one of these bins, alone, so that it differs from the values above it. A range of a single value is the case where all edges are the
/// same: that value goes to the bin N / 2.
/// </summary>
/// <param name="edges">N + 1 edges that do not fall.</param>
internal sealed class QuantileBins(float[] edges) : Bins
{
    public override int Count => edges.Length - 1;

    public override float Minimum => edges[0];

    public override float Maximum => edges[^1];

    public override int Find(float value)
    {
        int first = SortedValues.CountBelow<float>(edges, value);
        int last = SortedValues.CountBelow<float>(edges, value, orAt: true) - 1;
        return first < last ? (first + last) / 2 : Math.Min(last, Count - 1);
    }

    public override double GetEdge(int bin) => edges[bin];
}
