using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.MiniLM;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>The engine on MiniLM's shape, against the machine's peak and against PyTorch.</summary>
internal static class EngineBenchmark
{
    private const int PromptRows = 20;

    public static int Run(string[] options)
    {
        Console.WriteLine($"{Environment.ProcessorCount} processors, kernels {Kernels.Best}");
        double[] peaks = [PeakMeter.Registers(1), PeakMeter.Registers(2)];
        Console.WriteLine($"multiply-adds in registers: {peaks[0]:F0} GFLOP/s on one thread, {peaks[1]:F0} on two");
        Console.WriteLine($"matrix product 480×384×1536: {PeakMeter.Product(1):F0} GFLOP/s on one thread, {PeakMeter.Product(2):F0} on two");
        EngineWork[] works =
        [
            new("forward 32 × 120", 32, 120, 2, false, "B=32 S=120: forward"),
            new("forward + backward 32 × 120", 32, 120, 2, true, "B=32 S=120: fwd+bwd"),
            new("forward 1 × 120, one thread", 1, 120, 1, false, null),
            new("forward + backward 1 × 120, one thread", 1, 120, 1, true, null),
            new("forward 1 × 40, one thread", 1, 40, 1, false, null),
        ];
        TorchPeer? peer = TorchPeer.Find(options);
        IReadOnlyDictionary<string, double> before = peer?.Measure() ?? new Dictionary<string, double>();
        Console.WriteLine();
        Console.WriteLine("| work | milliseconds | GFLOP/s | of the register peak |" + (peer is null ? "" : " PyTorch, before and after | to the better |"));
        Console.WriteLine("| --- | --- | --- | --- |" + (peer is null ? "" : " --- | --- |"));
        List<(EngineWork Work, double Time)> times = [];
        foreach (EngineWork work in works)
            times.Add((work, Measure(work)));
        IReadOnlyDictionary<string, double> after = peer?.Measure() ?? new Dictionary<string, double>();
        foreach ((EngineWork work, double time) in times)
        {
            double rate = work.GigaFlop / time * 1e3;
            string row = $"| {work.Name} | {time:F1} | {rate:F0} | {rate / peaks[work.Threads - 1]:P0} |";
            if (peer is not null)
            {
                row += work.PeerKey is not null && before.TryGetValue(work.PeerKey, out double first) && after.TryGetValue(work.PeerKey, out double second)
                    ? $" {first:F0}, {second:F0} | {time / Math.Min(first, second):F2} |"
                    : " | |";
            }
            Console.WriteLine(row);
        }
        return 0;
    }

    private static double Measure(EngineWork work)
    {
        IBackbone model = MiniLMBackbone.Open();
        int d = model.HiddenSize;
        Random random = new(1);
        float[] prompt = [.. Enumerable.Range(0, PromptRows * d).Select(_ => random.NextSingle() - 0.5f)];
        int perCall = Math.Max(1, Math.Min(model.PreferredPositions / work.Positions, work.Series / work.Threads));
        List<BackboneInput> calls = [];
        int[] wanted = [.. Enumerable.Range(PromptRows, work.Positions - PromptRows)];
        for (int s = 0; s < work.Series; s++)
        {
            if (s % perCall == 0)
            {
                calls.Add(new BackboneInput(d));
                calls[^1].Clear(prompt, default);
            }
            calls[^1].Add([.. wanted.Select(_ => 1000 + random.Next(1000))], wanted);
        }
        float[][] hidden = [.. calls.Select(call => new float[call.WantedCount * d])];
        float[][] gradients = [.. calls.Select(_ => new float[prompt.Length])];
        int threads = Scheduler.MaxThreads;
        Scheduler.MaxThreads = work.Threads;
        try
        {
            return Stopwatching.Median(work.Series > 1 ? 11 : 51, () => Scheduler.Run(calls.Count, i =>
            {
                if (!work.Backward)
                {
                    model.Forward(calls[i], hidden[i]);
                    return;
                }
                using IBackboneTape tape = model.ForwardForTraining(calls[i], hidden[i]);
                tape.Backward(hidden[i], gradients[i], []);
            }));
        }
        finally
        {
            Scheduler.MaxThreads = threads;
        }
    }
}
