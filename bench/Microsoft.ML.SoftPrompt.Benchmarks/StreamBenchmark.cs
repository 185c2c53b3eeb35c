using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>Readings of many series through a streaming detector on MiniLM, beside the engine's own rate on the windows that became due.</summary>
internal static class StreamBenchmark
{
    private const int WindowSize = 50;

    // Scored windows of a measurement: enough for percentiles, few enough for seconds a row.
    private const int DueWindows = 2000;

    public static int Run(string[] options)
    {
        int keys = Number(options, "--keys", 10_000), stride = Number(options, "--stride", 10), due = Number(options, "--windows", DueWindows);
        var ml = new MLContext(seed: 1);
        var random = new Random(1);
        WindowRow[] rows = [.. Enumerable.Range(0, 32).Select(i => new WindowRow { Series = Values(random, WindowSize), Label = i % 2 == 0 })];
        var model = ml.Transforms.QuantizeSeries("Features", "Series").Append(ml.AnomalyDetection.Trainers.SoftPrompt(maxEpochs: 1)).Fit(ml.Data.LoadFromEnumerable(rows));
        var settings = new StreamingDetectorOptions { WindowSize = WindowSize, Stride = stride, MaxSeries = keys, LateReadings = LateReadings.Drop };
        string[] names = [.. Enumerable.Range(0, keys).Select(key => $"sensor {key}")];

        StreamingDetector filled = ml.AnomalyDetection.CreateStreamingDetector(model, settings);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        double fill = Fill(filled, names, stride);
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        using var state = new MemoryStream();
        double save = Seconds(() => filled.Save(state));

        Console.WriteLine($"{keys:N0} series, windows of {WindowSize}, scored every {stride} readings, prompt of 20 rows, MiniLM, {Environment.ProcessorCount} processors; load {Load()}");
        Console.WriteLine($"memory a series {bytes / keys:N0} bytes; taking readings in without a due window {filled.Counts.Readings / fill:N0} a second; state {state.Length / 1e6:N1} MB saved in {save * 1e3:N0} ms");
        Console.WriteLine();
        Console.WriteLine("| readings an Add | readings a second | windows a second | of the engine's | p50 ms | p95 ms | p99 ms | KB allocated a window |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        int[] batches = [1, 10, 100, 1000, 10_000];
        foreach (int batch in batches.Where(batch => batch / stride <= due))
            Measure(ml, model, settings, names, state.ToArray(), batch, due);
        return 0;
    }

    private static void Measure(MLContext ml, ITransformer model, StreamingDetectorOptions settings, string[] names, byte[] state, int batch, int due)
    {
        StreamingDetector detector = ml.AnomalyDetection.CreateStreamingDetector(model, settings, new MemoryStream(state));
        var random = new Random(2);
        var readings = new StreamingReading[batch];
        var times = new List<double>();
        // Readings one by one leave the threads idle between their windows.
        long wanted = Math.Min(due, batch * 500L), next = 0;
        double seconds = 0;
        long allocated = GC.GetTotalAllocatedBytes();
        while (detector.Counts.DueWindows < wanted)
        {
            for (int i = 0; i < batch; i++, next++)
                readings[i] = new StreamingReading(names[next % names.Length], random.NextSingle(), Start.AddSeconds(WindowSize + next / names.Length));
            times.Add(Seconds(() => detector.Add(readings)));
            seconds += times[^1];
        }
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        long windows = detector.Counts.DueWindows;
        double engine = EngineRate(ml, model, (int)Math.Min(windows, 1000));
        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {batch:N0} | {times.Count * (long)batch / seconds:N0} | {windows / seconds:N0} | {windows / seconds / engine:P0} | {At(times, 0.5):G3} | {At(times, 0.95):G3} | {At(times, 0.99):G3} | {allocated / 1e3 / windows:0.0} |"));
    }

    /// <summary>Windows a second of a view that ML.NET reads from objects: what a batch job gets.</summary>
    private static double EngineRate(MLContext ml, ITransformer model, int count)
    {
        var random = new Random(3);
        WindowQuery[] queries = [.. Enumerable.Range(0, count).Select(_ => new WindowQuery { Series = Values(random, WindowSize) })];
        var definition = SchemaDefinition.Create(typeof(WindowQuery));
        definition[nameof(WindowQuery.Series)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, WindowSize);
        IDataView view = ml.Data.LoadFromEnumerable(queries, definition);
        double sum = 0;
        double seconds = Seconds(() => sum = ml.Data.CreateEnumerable<WindowAnswer>(model.Transform(view), reuseRowObject: true).Sum(answer => (double)answer.Score));
        Debug.Assert(double.IsFinite(sum));
        return count / seconds;
    }

    /// <summary>Fills all series but for the readings that make the first window due: one more for each further one, so that of every so many readings one is.</summary>
    private static double Fill(StreamingDetector detector, string[] names, int stride)
    {
        var random = new Random(1);
        double seconds = 0;
        for (int i = 1; i < WindowSize; i++)
        {
            StreamingReading[] readings = [.. Enumerable.Range(0, names.Length).Where(key => i > key % Math.Min(stride, WindowSize - 1))
                .Select(key => new StreamingReading(names[key], random.NextSingle(), Start.AddSeconds(i)))];
            seconds += Seconds(() => detector.Add(readings));
        }
        return seconds;
    }

    private static DateTime Start { get; } = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];

    private static double At(List<double> sorted, double share) => 1e3 * sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];

    private static double Seconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private static int Number(string[] options, string name, int value) =>
        Array.IndexOf(options, name) is var at and >= 0 && at + 1 < options.Length ? int.Parse(options[at + 1], CultureInfo.InvariantCulture) : value;
}
