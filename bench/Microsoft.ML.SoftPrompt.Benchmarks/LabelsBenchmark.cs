namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>Series of noise labelled by the four rules, one thread, beside SciPy's loop over the splits.</summary>
internal static class LabelsBenchmark
{
    private const int Runs = 11;

    public static int Run(string[] options)
    {
        ScipyPeer? peer = ScipyPeer.Find(options);
        Console.WriteLine($"Labels and evidence of series of noise, one thread; medians of {Runs} runs, SciPy's of 3 before and 3 after");
        Console.WriteLine();
        Console.WriteLine("| points | labels a second |" + (peer is null ? "" : " SciPy's loop, before and after | against the faster | SciPy's splits timed | p-values, ours and SciPy's |"));
        Console.WriteLine("| --- | --- |" + (peer is null ? "" : " --- | --- | --- | --- |"));
        Measure(peer, points: 100, rows: 200, step: 1);
        Measure(peer, points: 10_000, rows: 5, step: 20);
        return 0;
    }

    private static void Measure(ScipyPeer? peer, int points, int rows, int step)
    {
        var ml = new MLContext(seed: 1);
        var random = new Random(1);
        Row[] series = [.. Enumerable.Range(0, rows).Select(_ => new Row { Series = [.. Enumerable.Range(0, points).Select(_ => Normal(random))] })];
        var view = ml.Data.LoadFromEnumerable(series);
        var transformer = ml.Transforms.LabelContextAnomalies("IsContextAnomaly", "Series").Fit(view);

        var before = peer?.Measure(series[0].Series, step);
        Labels[] labels = [];
        double milliseconds = Stopwatching.Median(Runs, () => labels = [.. ml.Data.CreateEnumerable<Labels>(transformer.Transform(view), reuseRowObject: false)], warmUps: 20);
        var after = peer?.Measure(series[0].Series, step);

        double rate = rows / milliseconds * 1e3;
        string line = $"| {points:N0} | {rate:N0} |";
        if (before is { } first && after is { } second)
        {
            double faster = Math.Min(first.Seconds, second.Seconds);
            string p = step == 1 ? $"{labels[0].ContextEvidence[5]:R}, {first.Shift:R}; {labels[0].ContextEvidence[7]:R}, {first.Volatility:R}" : "";
            line += $" {1 / first.Seconds:G3}, {1 / second.Seconds:G3} | {rate * faster:N0} × | {(step == 1 ? "all" : $"1 in {step}")} | {p} |";
        }
        Console.WriteLine(line);
    }

    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private sealed class Row
    {
        public float[] Series { get; set; } = [];
    }

    private sealed class Labels
    {
        public bool IsContextAnomaly { get; set; }

        public double[] ContextEvidence { get; set; } = [];
    }
}
