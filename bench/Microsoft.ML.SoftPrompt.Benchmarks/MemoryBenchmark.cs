using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>
/// What training and scoring on MiniLM take of memory, and how long a process takes to the first score of a saved model: each in a process
/// of its own, since a peak cannot be taken back.
/// </summary>
internal static class MemoryBenchmark
{
    private const int TrainingWindows = 200;
    private const int ScoredWindows = 1000;
    private const int Values = 50;
    private const int Epochs = 2;

    /// <summary>Starts of a process that the time to the first score is the median of.</summary>
    private const int Starts = 5;

    private const int Megabyte = 1 << 20;

    /// <param name="options">None for all; a child gets its work and the model's path.</param>
    public static int Run(string[] options)
    {
        switch (options)
        {
            case []:
                return RunAll();
            case ["train", string batchSize, string path]:
                Train(int.Parse(batchSize, CultureInfo.InvariantCulture), path);
                break;
            case ["view", string path]:
                ScoreView(path);
                break;
            case ["engine", string path]:
                ScoreEngine(path, ScoredWindows);
                break;
            case ["first", string path]:
                ScoreEngine(path, 1);
                break;
            default:
                return 2;
        }
        Usage.OfThisProcess().Print();
        return 0;
    }

    private static int RunAll()
    {
        string folder = Directory.CreateTempSubdirectory("softprompt-").FullName, model = Path.Combine(folder, "model.zip");
        try
        {
            Console.WriteLine($"MiniLM, windows of {Values} values, prompt of 20 rows, {Scheduler.MaxThreads} threads; in MB (2^20 bytes), each row a process of its own");
            Console.WriteLine();
            Console.WriteLine("| work | peak resident | of it files | managed heap | native |");
            Console.WriteLine("| --- | --- | --- | --- | --- |");
            foreach (int batch in (int[])[8, 32, 256])
                Print($"training, {TrainingWindows} windows in batches of {batch}", Child(out _, "train", $"{batch}", model));
            Print($"scoring {ScoredWindows} windows with Transform", Child(out _, "view", model));
            Print($"scoring {ScoredWindows} windows with a PredictionEngine", Child(out _, "engine", model));
            double[] times = new double[Starts], processor = new double[Starts];
            for (int i = 0; i < Starts; i++)
                processor[i] = Child(out times[i], "first", model).ProcessorMilliseconds / 1e3;
            Array.Sort(times);
            Array.Sort(processor);
            Console.WriteLine();
            Console.WriteLine($"Start of a process to the first score of a loaded model: {times[Starts / 2]:F2} s (median of {Starts}, {times[0]:F2} to {times[^1]:F2}); processor time {processor[Starts / 2]:F2} s.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return 0;
    }

    private static void Print(string work, Usage usage) =>
        Console.WriteLine($"| {work} | {Megabytes(usage.Peak)} | {(usage.Files > 0 ? Megabytes(usage.Files) : "?")} | {Megabytes(usage.Heap)} | {Megabytes(usage.Native)} |");

    private static string Megabytes(long bytes) => $"{(double)bytes / Megabyte:F0}";

    /// <summary>Runs a part in a process of its own.</summary>
    /// <param name="seconds">From its start to the first line that it prints.</param>
    /// <param name="arguments">The part.</param>
    private static Usage Child(out double seconds, params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(MemoryBenchmark).Assembly.Location);
        foreach (string argument in (string[])["memory", .. arguments])
            start.ArgumentList.Add(argument);
        long started = Stopwatch.GetTimestamp();
        using Process child = Process.Start(start)!;
        child.StandardOutput.ReadLine();
        seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        string? usage = child.StandardOutput.ReadLine();
        child.WaitForExit();
        return child.ExitCode == 0 && usage is not null ? Usage.Parse(usage) : throw new InvalidOperationException($"The process of '{string.Join(' ', arguments)}' ended with {child.ExitCode}.");
    }

    private static void Train(int batchSize, string path)
    {
        MLContext ml = new(seed: 1);
        IDataView view = ml.Data.LoadFromEnumerable(Windows(TrainingWindows));
        var model = ml.Transforms.QuantizeSeries("Features", "Series")
            .Append(ml.AnomalyDetection.Trainers.SoftPrompt(new SoftPromptAnomalyTrainer.Options { MaxEpochs = Epochs, BatchSize = batchSize }))
            .Fit(view);
        ml.Model.Save(model, view.Schema, path);
        Console.WriteLine("trained");
    }

    private static void ScoreView(string path)
    {
        MLContext ml = new();
        ITransformer model = ml.Model.Load(path, out _);
        double sum = ml.Data.CreateEnumerable<WindowAnswer>(model.Transform(ml.Data.LoadFromEnumerable(Windows(ScoredWindows))), reuseRowObject: true).Sum(answer => answer.Score);
        Console.WriteLine($"{sum}");
    }

    private static void ScoreEngine(string path, int count)
    {
        MLContext ml = new();
        ITransformer model = ml.Model.Load(path, out _);
        using var engine = ml.Model.CreatePredictionEngine<WindowQuery, WindowAnswer>(model);
        double sum = 0;
        foreach (WindowRow row in Windows(count))
            sum += engine.Predict(new WindowQuery { Series = row.Series }).Score;
        Console.WriteLine($"{sum}");
    }

    /// <summary>Random values; every other window is an anomaly and lies higher.</summary>
    private static IEnumerable<WindowRow> Windows(int count)
    {
        Random random = new(1);
        for (int i = 0; i < count; i++)
            yield return new WindowRow { Series = [.. Enumerable.Range(0, Values).Select(_ => random.NextSingle() + i % 2)], Label = i % 2 == 1 };
    }

    /// <summary>What a process took; memory in bytes.</summary>
    /// <param name="Peak">The most that was resident.</param>
    /// <param name="Files">Pages of files that are resident, assemblies and libraries; 0 where the system does not say.</param>
    /// <param name="Heap">Committed by the garbage collector.</param>
    /// <param name="Native">Weights, scratch and tapes.</param>
    /// <param name="ProcessorMilliseconds">Time of all threads.</param>
    private sealed record Usage(long Peak, long Files, long Heap, long Native, long ProcessorMilliseconds)
    {
        public static Usage OfThisProcess()
        {
            using Process process = Process.GetCurrentProcess();
            long peak = OfStatus("VmHWM:") is > 0 and long high ? high : process.PeakWorkingSet64;
            return new Usage(peak, OfStatus("RssFile:"), GC.GetGCMemoryInfo().TotalCommittedBytes, AlignedMemory.AllocatedBytes, (long)process.TotalProcessorTime.TotalMilliseconds);
        }

        public static Usage Parse(string line)
        {
            long[] values = Array.ConvertAll(line.Split(' '), value => long.Parse(value, CultureInfo.InvariantCulture));
            return new Usage(values[0], values[1], values[2], values[3], values[4]);
        }

        public void Print() => Console.WriteLine(FormattableString.Invariant($"{Peak} {Files} {Heap} {Native} {ProcessorMilliseconds}"));

        /// <summary>A line of Linux's /proc/self/status, in bytes.</summary>
        private static long OfStatus(string name)
        {
            const string Path = "/proc/self/status";
            if (!File.Exists(Path))
                return 0;
            string? line = File.ReadLines(Path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        }
    }
}
