namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// Cuts a batch into the calls to a backbone: about as many positions in each as the backbone prefers, all about equally large so that
/// no thread waits long for the last. Depends on the series alone, never on the number of threads.
/// </summary>
internal static class CallPlan
{
    /// <summary>Gives where the calls start, and the end: call c holds the series starts[c] … starts[c + 1] − 1.</summary>
    /// <param name="positions">Number of positions of each series, at least 1 each.</param>
    /// <param name="preferred">Number of positions a call should carry.</param>
    public static int[] Cut(ReadOnlySpan<int> positions, int preferred)
    {
        long total = 0;
        foreach (int count in positions)
            total += count;
        long calls = Math.Max(1, (total + preferred - 1) / preferred);

        var starts = new List<int> { 0 };
        long taken = 0;
        long next = 1; // the call that would start next
        for (int series = 0; series < positions.Length; series++)
        {
            // A series belongs to the call in which its middle lies.
            long middle = 2 * taken + positions[series];
            if (middle * calls >= 2 * next * total && series > starts[^1])
                starts.Add(series);
            while (middle * calls >= 2 * next * total)
                next++;
            taken += positions[series];
        }
        starts.Add(positions.Length);
        return starts.ToArray();
    }
}
