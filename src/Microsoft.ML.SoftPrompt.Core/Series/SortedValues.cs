namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>Searches values in rising order, which may repeat.</summary>
internal static class SortedValues
{
    /// <summary>Counts the values below the given one, and with <paramref name="orAt"/> those equal to it too.</summary>
    public static int CountBelow<T>(ReadOnlySpan<T> sorted, T value, bool orAt = false)
        where T : IComparable<T>
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            int order = sorted[middle].CompareTo(value);
            if (order < 0 || orAt && order == 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
