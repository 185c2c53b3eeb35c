namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>Compares the two parts of every split of a series, all splits together in O(T log T).</summary>
internal static class SplitScan
{
    /// <summary>Values in the shorter part of a split at least: k runs from 2 to T − 2.</summary>
    public const int ShortestPart = 2;

    /// <summary>The F statistic of every split; element i is that of the first i + 2 values against the rest.</summary>
    public static double[] Statistics<TSums>(ReadOnlySpan<double> values)
        where TSums : IRunningSums, new()
    {
        int splits = Math.Max(0, values.Length - 2 * ShortestPart + 1);
        var firstParts = new PartSums[splits];
        var first = new TSums();
        for (int i = 0; i < values.Length - ShortestPart; i++)
        {
            first.Add(values[i]);
            if (i + 1 >= ShortestPart)
                firstParts[i + 1 - ShortestPart] = first.Sums;
        }

        // From the end, and not as the whole less the first part, which would leave of small values behind large ones only the rounding.
        var statistics = new double[splits];
        var second = new TSums();
        for (int i = values.Length - 1; i >= ShortestPart; i--)
        {
            second.Add(values[i]);
            if (values.Length - i >= ShortestPart)
                statistics[i - ShortestPart] = PartSums.F(firstParts[i - ShortestPart], second.Sums);
        }
        return statistics;
    }
}
