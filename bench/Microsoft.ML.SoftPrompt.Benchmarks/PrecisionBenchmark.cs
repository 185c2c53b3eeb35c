using System.Globalization;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.MiniLM;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>What the precision of the weights does to hidden states, memory and time; the precisions are timed in turn.</summary>
internal static class PrecisionBenchmark
{
    private const int Turns = 7, Length = 60, Series = 8, LargestNumeral = 99;

    public static int Run(string[] paths)
    {
        Scheduler.MaxThreads = Math.Min(2, Environment.ProcessorCount);
        Console.WriteLine($"{Scheduler.MaxThreads} threads, kernels {Kernels.Best}; series of {Length} positions, medians of {Turns} turns");
        Console.WriteLine();
        Console.WriteLine($"| model | weights | hidden states | mean state | resident | opening adds | forward 1 × {Length} | forward {Series} × {Length} |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        Measure(MiniLMBackbone.Open, () => MiniLMBackbone.Inspect());
        foreach (string path in paths)
            Measure(precision => Backbone.Open(path, precision), () => Backbone.Inspect(path));
        return 0;
    }

    private static void Measure(Func<WeightPrecision, IBackbone> open, Func<BackboneDescription> inspect)
    {
        // It reads the file, which an assembly's resources keep in memory: that counts for none of them.
        string name = inspect().Name;
        WeightPrecision[] precisions = Enum.GetValues<WeightPrecision>();
        List<IBackbone> models = [];
        List<(double Resident, double Peak)> memory = [];
        foreach (WeightPrecision precision in precisions)
        {
            GC.Collect();
            double before = Resident("VmRSS");
            // Linux: the largest resident size counts from here on.
            if (OperatingSystem.IsLinux())
                File.WriteAllText("/proc/self/clear_refs", "5");
            models.Add(open(precision));
            double peak = Resident("VmHWM") - before;
            GC.Collect();
            memory.Add((Resident("VmRSS") - before, peak));
        }
        int d = models[0].HiddenSize;
        Random random = new(1);
        int[][] tokens = [.. Enumerable.Range(0, Series).Select(_ => Tokens(models[0], random))];
        (BackboneInput Input, float[] Hidden)[] works = [(Input(tokens[..1], d), new float[Length * d]), (Input(tokens, d), new float[Series * Length * d])];
        float[][] states = [.. models.Select(model => { model.Forward(works[1].Input, works[1].Hidden); return works[1].Hidden.ToArray(); })];
        List<double>[,] times = new List<double>[models.Count, works.Length];
        for (int turn = 0; turn < Turns; turn++)
        {
            for (int w = 0; w < works.Length; w++)
            {
                for (int m = 0; m < models.Count; m++)
                    (times[m, w] ??= []).Add(Stopwatching.Median(w == 0 ? 5 : 1, () => models[m].Forward(works[w].Input, works[w].Hidden), warmUps: 1));
            }
        }
        for (int m = 0; m < models.Count; m++)
        {
            string error = m == 0 ? "0 | 0" : FormattableString.Invariant($"{Error(states[m], states[0]):0.0e-0} | {Error(Means(states[m], d), Means(states[0], d)):0.0e-0}");
            string took = string.Join(" | ", Enumerable.Range(0, works.Length).Select(w => Median(times[m, w]).ToString("0.0", CultureInfo.InvariantCulture) + " ms"));
            Console.WriteLine(FormattableString.Invariant($"| {name} | {precisions[m]} | {error} | {memory[m].Resident:0} MB | {memory[m].Peak:0} MB | {took} |"));
        }
    }

    private static int[] Tokens(IBackbone model, Random random)
    {
        List<int> tokens = [];
        while (tokens.Count < Length)
            tokens.AddRange(model.EncodeNumeral(random.Next(LargestNumeral + 1), LargestNumeral));
        return [.. tokens.Take(Length)];
    }

    private static BackboneInput Input(int[][] series, int d)
    {
        BackboneInput input = new(d);
        input.Clear(default, default);
        foreach (int[] tokens in series)
            input.Add(tokens, [.. Enumerable.Range(0, Length)]);
        return input;
    }

    /// <summary>The mean over a series' positions, as the head pools it.</summary>
    private static float[] Means(float[] hidden, int d)
    {
        float[] means = new float[Series * d];
        for (int i = 0; i < hidden.Length; i++)
            means[i / (Length * d) * d + i % d] += hidden[i] / Length;
        return means;
    }

    /// <summary>Largest error over largest magnitude.</summary>
    private static double Error(float[] found, float[] expected) => found.Zip(expected, (f, e) => Math.Abs((double)f - e)).Max() / expected.Max(MathF.Abs);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>A line of /proc/self/status in megabytes; elsewhere the working set now.</summary>
    private static double Resident(string field)
    {
        if (!OperatingSystem.IsLinux())
            return Environment.WorkingSet / 1e6;
        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
