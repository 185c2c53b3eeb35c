namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>Intervals in a row over a range. Each holds its lower edge; the last holds its upper edge too.</summary>
internal abstract class Bins
{
    public abstract int Count { get; }

    public abstract float Minimum { get; }

    public abstract float Maximum { get; }

    /// <summary>The bin, from 0, of a value within the range.</summary>
    public abstract int Find(float value);

    /// <summary>The lower edge of a bin, in its order; that of <see cref="Count"/> is the upper edge of the last.</summary>
    public abstract double GetEdge(int bin);

    public double GetCenter(int bin) => (GetEdge(bin) + GetEdge(bin + 1)) / 2;

    /// <summary>How many bins begin where they end.</summary>
    public int CountWithoutWidth() => Enumerable.Range(0, Count).Count(bin => GetEdge(bin) == GetEdge(bin + 1));
}
