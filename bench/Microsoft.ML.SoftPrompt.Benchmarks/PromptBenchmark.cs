using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>
/// A prompt in front of a decoder: forward and backward of a batch with the prompt's keys and values computed once for all series, in turn
/// with the same rows at the beginning of each series.
/// </summary>
internal static class PromptBenchmark
{
    private const int PromptRows = 20, Series = 32, Length = 60, Turns = 5;

    public static int Run(string[] options)
    {
        string path = options.Length > 0 ? options[0] : "../shared/models/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf";
        if (!Path.Exists(path))
        {
            Console.Error.WriteLine($"There is no '{path}'; give the path of a decoder.");
            return 1;
        }
        IBackbone model = Backbone.Open(path);
        int d = model.HiddenSize;
        Random random = new(1);
        float[] prompt = [.. Enumerable.Range(0, PromptRows * d).Select(_ => (random.NextSingle() - 0.5f) * 0.2f)];
        int[][] tokens = [.. Enumerable.Range(0, Series).Select(_ => Enumerable.Range(0, Length).Select(_ => random.Next(model.VocabularySize)).ToArray())];
        int[] wanted = [.. Enumerable.Range(PromptRows, Length)];
        int[] cuts = CallPlan.Cut([.. Enumerable.Repeat(PromptRows + Length, Series)], model.PreferredPositions);
        List<double> once = [], each = [];
        for (int turn = 0; turn < Turns; turn++)
        {
            once.Add(Stopwatching.Median(1, Once, warmUps: turn == 0 ? 1 : 0));
            each.Add(Stopwatching.Median(1, Each, warmUps: turn == 0 ? 1 : 0));
            Console.WriteLine($"turn {turn + 1}: {once[^1]:F0} ms, {each[^1]:F0} ms");
        }
        Console.WriteLine();
        Console.WriteLine($"{model.Fingerprint.Name}, forward + backward of {Series} × ({PromptRows} + {Length}), {Scheduler.MaxThreads} threads, medians of {Turns}:");
        Console.WriteLine("| prompt computed once a step | in every series | ratio |");
        Console.WriteLine("| --- | --- | --- |");
        Console.WriteLine($"| {Median(once):F0} ms | {Median(each):F0} ms | {Median([.. once.Zip(each, (a, b) => a / b)]):F2} |");
        return 0;

        void Once()
        {
            using SharedPrompt shared = SharedPrompt.For(model, prompt, training: true)
                ?? throw new InvalidOperationException($"{model.Fingerprint.Name} is no decoder: its prompt sees the series.");
            float[][] gradients = [.. cuts[1..].Select(_ => new float[shared.GradientLength])];
            Scheduler.Run(cuts.Length - 1, call =>
            {
                BackboneInput input = new(d);
                input.Clear(prompt, default, shared);
                for (int s = cuts[call]; s < cuts[call + 1]; s++)
                    input.Add(tokens[s], wanted);
                Pass(input, gradients[call], []);
            });
            float[] sum = gradients[0];
            foreach (float[] gradient in gradients[1..])
                for (int i = 0; i < sum.Length; i++)
                    sum[i] += gradient[i];
            shared.Backward(sum, new float[prompt.Length]);
        }

        void Each() => Scheduler.Run(cuts.Length - 1, call =>
        {
            // As rows of the series' own, the prompt is computed in each.
            BackboneInput input = new(d);
            input.Clear(default, prompt);
            for (int s = cuts[call]; s < cuts[call + 1]; s++)
                input.Add([.. Enumerable.Range(0, PromptRows).Select(BackboneInput.Supplied), .. tokens[s]], wanted);
            Pass(input, [], new float[prompt.Length]);
        });

        void Pass(BackboneInput input, float[] sharedGradient, float[] suppliedGradient)
        {
            float[] hidden = new float[input.WantedCount * d];
            using IBackboneTape tape = model.ForwardForTraining(input, hidden);
            tape.Backward(hidden, sharedGradient, suppliedGradient);
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
