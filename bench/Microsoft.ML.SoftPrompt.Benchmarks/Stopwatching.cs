using System.Diagnostics;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>Times an action: medians, since other processes only ever add time.</summary>
internal static class Stopwatching
{
    /// <summary>The median of some runs in milliseconds, after warming up.</summary>
    public static double Median(int runs, Action action, int warmUps = 2)
    {
        for (int i = 0; i < warmUps; i++)
            action();
        double[] times = new double[runs];
        for (int i = 0; i < runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        Array.Sort(times);
        return times[runs / 2];
    }
}
