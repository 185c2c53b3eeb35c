using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>The volume under the surface of random scores, one thread.</summary>
internal static class MetricsBenchmark
{
    private const int Runs = 5;

    public static int Run()
    {
        Console.WriteLine($"VUS-ROC and VUS-PR of random scores, an anomaly of 50 points in every 500; medians of {Runs} runs");
        Console.WriteLine();
        Console.WriteLine("| points | windows | milliseconds |");
        Console.WriteLine("| --- | --- | --- |");
        Measure(points: 10_000, maximumWindow: 100);
        Measure(points: 10_000, maximumWindow: 1_000);
        Measure(points: 200_000, maximumWindow: 100);
        return 0;
    }

    private static void Measure(int points, int maximumWindow)
    {
        var random = new Random(1);
        double[] scores = [.. Enumerable.Range(0, points).Select(_ => random.NextDouble())];
        bool[] labels = [.. Enumerable.Range(0, points).Select(i => i % 500 < 50)];
        double milliseconds = Stopwatching.Median(Runs, () => RangeMetrics.VolumeUnderSurface(scores, labels, maximumWindow));
        Console.WriteLine($"| {points:N0} | 0 to {maximumWindow:N0} | {milliseconds:N0} |");
    }
}
