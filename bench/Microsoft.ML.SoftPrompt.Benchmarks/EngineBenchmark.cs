using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.MiniLM;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>The engine on MiniLM's shape, against the machine's floors and against other engines, all in turn.</summary>
internal static class EngineBenchmark
{
    /// <summary>Turns that each engine takes at each piece of work; what counts is the median turn.</summary>
    private const int Turns = 7;

    public static int Run(string[] options)
    {
        int threads = Math.Min(2, Environment.ProcessorCount);
        Scheduler.MaxThreads = threads;
        Console.WriteLine($"{Environment.ProcessorCount} processors, {threads} threads, kernels {Kernels.Best}");
        IReadOnlyList<Peer> peers = Peer.StartAll(options);
        EngineWork[] works =
        [
            new("forward 32 × 120", Same(32, 120), false, 1),
            new("forward + backward 32 × 120", Same(32, 120), true, 1),
            new("forward 1 × 120", Same(1, 120), false, 10),
            new("forward 1 × 40", Same(1, 40), false, 20),
            new("forward, 32 of lengths 1–100", [.. Enumerable.Range(0, 32).Select(i => 1 + i * 99 / 31)], false, 2),
        ];
        List<string> table = [];
        List<double> products = [], oneThread = [], bandwidths = [], registers = [];
        foreach (EngineWork work in works)
        {
            Action engine = Prepare(work);
            List<double> times = [], floors = [];
            List<double>[] others = [.. peers.Select(_ => new List<double>())];
            for (int turn = 0; turn < Turns; turn++)
            {
                registers.Add(PeakMeter.Registers(threads));
                oneThread.Add(PeakMeter.Product(1));
                double product = PeakMeter.Product(threads), bandwidth = PeakMeter.Bandwidth(threads);
                products.Add(product);
                bandwidths.Add(bandwidth);
                floors.Add(Math.Max(work.GigaFlop / product, work.GigaByte / bandwidth) * 1e3);
                times.Add(Stopwatching.Median(work.Runs, engine, warmUps: 1));
                for (int p = 0; p < peers.Count; p++)
                    if (!work.Backward || peers[p].HasBackward)
                        others[p].Add(peers[p].Measure(work.Backward, work.Lengths.Length, work.Lengths.Max(), work.Runs));
            }
            double time = Median(times);
            table.Add($"| {work.Name} | {time:F1} | {work.GigaFlop / time * 1e3:F0} | {Median(floors) / time:P0} |"
                + string.Concat(others.Select(other => other.Count == 0 ? " | |" : $" {Median(other):F1} | {Median([.. times.Zip(other, (mine, its) => mine / its)]):F2} |")));
            Console.WriteLine($"{work.Name}: {time:F1} ms");
        }
        Console.WriteLine();
        Console.WriteLine($"Floors, medians of {products.Count}: matrix product {Median(oneThread):F0} GFLOP/s on one thread, {Median(products):F0} on {threads}; "
            + $"multiply-adds in registers {Median(registers):F0} on {threads}; memory read at {Median(bandwidths):F0} GB/s");
        Console.WriteLine();
        Console.WriteLine("| work | milliseconds | GFLOP/s | of the floor |" + string.Concat(peers.Select(peer => $" {peer.Name} | ratio |")));
        Console.WriteLine("| --- | --- | --- | --- |" + string.Concat(peers.Select(_ => " --- | --- |")));
        foreach (string row in table)
            Console.WriteLine(row);
        foreach (Peer peer in peers)
            peer.Dispose();
        return 0;
    }

    private static int[] Same(int series, int length) => [.. Enumerable.Repeat(length, series)];

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>Cuts the work into calls as the trainer and the transformer do.</summary>
    private static Action Prepare(EngineWork work)
    {
        IBackbone model = MiniLMBackbone.Open();
        int d = model.HiddenSize;
        Random random = new(1);
        float[] prompt = [.. Enumerable.Range(0, EngineWork.PromptRows * d).Select(_ => random.NextSingle() - 0.5f)];
        bool hasPrompt = work.Lengths.Min() > EngineWork.PromptRows;
        int skipped = hasPrompt ? EngineWork.PromptRows : 0;
        int[] cuts = Training.CallPlan.Cut(work.Lengths, model.PreferredPositions);
        BackboneInput[] calls = new BackboneInput[cuts.Length - 1];
        for (int call = 0; call < calls.Length; call++)
        {
            calls[call] = new BackboneInput(d);
            calls[call].Clear(hasPrompt ? prompt : default, default);
            foreach (int length in work.Lengths[cuts[call]..cuts[call + 1]])
            {
                int[] wanted = [.. Enumerable.Range(skipped, length - skipped)];
                calls[call].Add([.. wanted.Select(_ => 1000 + random.Next(1000))], wanted);
            }
        }
        float[][] hidden = [.. calls.Select(call => new float[call.WantedCount * d])];
        float[][] gradients = [.. calls.Select(_ => new float[prompt.Length])];
        return () => Scheduler.Run(calls.Length, i =>
        {
            if (!work.Backward)
            {
                model.Forward(calls[i], hidden[i]);
                return;
            }
            using IBackboneTape tape = model.ForwardForTraining(calls[i], hidden[i]);
            tape.Backward(hidden[i], gradients[i], []);
        });
    }
}
