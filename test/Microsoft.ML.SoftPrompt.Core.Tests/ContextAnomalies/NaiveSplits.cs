namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>Every split by itself, in two passes over decimals of 28 digits, as the textbook has it: O(T²).</summary>
internal static class NaiveSplits
{
    /// <summary>The square of the t statistic of each split.</summary>
    public static double[] Means(float[] values) => Scan(values, part => part);

    /// <summary>Levene's statistic of each split.</summary>
    public static double[] Spreads(float[] values) => Scan(values, part =>
    {
        decimal[] sorted = [.. part.Order()];
        decimal median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return [.. part.Select(x => Math.Abs(x - median))];
    });

    private static double[] Scan(float[] values, Func<decimal[], decimal[]> transform)
    {
        // The conversion of a double is exact where 28 digits are enough; that of a Single would round to 7.
        decimal[] exact = [.. values.Select(x => Exact(x))];
        return [.. Enumerable.Range(2, Math.Max(0, values.Length - 3)).Select(k => F(transform(exact[..k]), transform(exact[k..])))];
    }

    private static double F(decimal[] first, decimal[] second)
    {
        decimal within = Deviations(first) + Deviations(second), count = first.Length + second.Length;
        decimal difference = first.Average() - second.Average();
        double between = (double)(first.Length * second.Length / count) * (double)difference * (double)difference;
        return between / (double)within * (double)(count - 2);
    }

    private static decimal Deviations(decimal[] part)
    {
        decimal mean = part.Average();
        return part.Sum(x => (x - mean) * (x - mean));
    }

    // The values of these tests are whole numbers of eighths.
    private static decimal Exact(float x) => (decimal)(long)(x * 8) / 8;
}
