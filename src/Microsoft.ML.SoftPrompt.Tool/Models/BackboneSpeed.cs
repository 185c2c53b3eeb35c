using System.Diagnostics;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>How long a model takes for a batch of equal series behind a prompt, all of whose positions are wanted, as a head of the mean wants them.</summary>
internal sealed class BackboneSpeed
{
    // The median of at least as many runs; more as long as there is time.
    private const int FewestRuns = 3;
    private static readonly TimeSpan EnoughTime = TimeSpan.FromSeconds(3);

    private readonly IBackbone _model;
    private readonly BackboneInput[] _calls;
    private readonly float[][] _hidden, _gradients;

    /// <param name="series">Series of the batch.</param>
    /// <param name="length">Positions of a series behind the prompt.</param>
    /// <param name="prompt">Rows of the prompt.</param>
    public BackboneSpeed(IBackbone model, int series, int length, int prompt)
    {
        _model = model;
        var random = new Random(1);
        float[] rows = new float[prompt * model.HiddenSize];
        for (int row = 0; row < prompt; row++)
            model.CopyTokenRow(random.Next(model.VocabularySize), rows.AsSpan(row * model.HiddenSize, model.HiddenSize));
        int[] wanted = Enumerable.Range(prompt, length).ToArray();
        // As training cuts a batch: calls of about the positions that the model prefers, at least one a thread.
        int perCall = Math.Max(1, Math.Min(model.PreferredPositions / (prompt + length), series / Scheduler.MaxThreads));
        var calls = new List<BackboneInput>();
        for (int i = 0; i < series; i++)
        {
            if (i % perCall == 0)
            {
                calls.Add(new BackboneInput(model.HiddenSize));
                calls[^1].Clear(rows, default);
            }
            calls[^1].Add(wanted.Select(_ => random.Next(model.VocabularySize)).ToArray(), wanted);
        }
        _calls = [.. calls];
        _hidden = Array.ConvertAll(_calls, call => new float[call.WantedCount * model.HiddenSize]);
        _gradients = Array.ConvertAll(_calls, _ => new float[rows.Length]);
    }

    /// <summary>The median time of the batch.</summary>
    /// <param name="backward">Whether the gradient of the prompt is taken as well.</param>
    public TimeSpan Measure(bool backward, CancellationToken cancellation)
    {
        // The first run packs what training needs and fills the pool of memory.
        Run(backward, cancellation);
        var times = new List<TimeSpan>();
        for (TimeSpan spent = default; times.Count < FewestRuns || spent < EnoughTime; spent += times[^1])
        {
            long start = Stopwatch.GetTimestamp();
            Run(backward, cancellation);
            times.Add(Stopwatch.GetElapsedTime(start));
        }
        times.Sort();
        return times[times.Count / 2];
    }

    private void Run(bool backward, CancellationToken cancellation)
    {
        if (_calls.Length == 1)
        {
            cancellation.ThrowIfCancellationRequested();
            Call(0, backward);
            return;
        }
        Parallel.For(0, _calls.Length, new ParallelOptions { MaxDegreeOfParallelism = Scheduler.MaxThreads, CancellationToken = cancellation }, i => Call(i, backward));
    }

    private void Call(int i, bool backward)
    {
        if (!backward)
        {
            _model.Forward(_calls[i], _hidden[i]);
            return;
        }
        using IBackboneTape tape = _model.ForwardForTraining(_calls[i], _hidden[i]);
        tape.Backward(_hidden[i], _gradients[i], []);
    }
}
