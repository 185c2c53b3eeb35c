namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>Fills missing values, for methods that need a value at every step.</summary>
internal static class PresentSeries
{
    /// <summary>
    /// The values on a straight line between the nearest that are present, by steps; before the first and behind the last, that one; 0 where
    /// none is.
    /// </summary>
    public static double[] Fill(ReadOnlySpan<double> values)
    {
        var filled = new double[values.Length];
        int last = -1;
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]))
                continue;
            filled[i] = values[i];
            for (int gap = last + 1; gap < i; gap++)
                filled[gap] = last < 0 ? values[i] : values[last] + (values[i] - values[last]) * (gap - last) / (i - last);
            last = i;
        }
        if (last >= 0)
            filled.AsSpan(last + 1).Fill(values[last]);
        return filled;
    }

    /// <summary>Sets the scores of missing values to 0.</summary>
    public static void ClearMissing(ReadOnlySpan<float> values, Span<double> scores)
    {
        for (int i = 0; i < values.Length; i++)
            if (float.IsNaN(values[i]))
                scores[i] = 0;
    }
}
