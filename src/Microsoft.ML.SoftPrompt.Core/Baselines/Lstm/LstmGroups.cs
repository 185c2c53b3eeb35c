using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>Series cut into groups that go through an LSTM together, and the head on its outputs: logit = w · h + b.</summary>
internal sealed class LstmGroups
{
    /// <summary>Values in a group: twenty series of 25, enough rows a step for the matrix product, and two groups or more in a batch of 32.</summary>
    private const int PreferredValues = 512;

    private readonly LstmMatrices _matrices;
    private readonly ReadOnlyMemory<LstmExample> _examples;
    private readonly LabelKind _labelKind;
    private readonly int[] _starts;

    public LstmGroups(LstmMatrices matrices, ReadOnlyMemory<LstmExample> examples, LabelKind labelKind)
    {
        (_matrices, _examples, _labelKind) = (matrices, examples, labelKind);
        var lengths = new int[examples.Length];
        LogitStarts = new int[examples.Length + 1];
        for (int i = 0; i < lengths.Length; i++)
        {
            lengths[i] = StepsOf(examples.Span[i]);
            LogitStarts[i + 1] = LogitStarts[i] + (labelKind == LabelKind.Series ? 1 : lengths[i]);
        }
        _starts = lengths.Length == 0 ? [0] : CallPlan.Cut(lengths, PreferredValues);
    }

    public int Count => _starts.Length - 1;

    /// <summary>Where each series' logits start, and the end.</summary>
    public int[] LogitStarts { get; }

    /// <summary>Takes a group forward.</summary>
    /// <param name="group">Which.</param>
    /// <param name="workspace">Holds the pass.</param>
    /// <param name="weights">For the head.</param>
    /// <param name="logits">Of all series; the group's are set.</param>
    /// <param name="pieceSteps">Steps that the pass holds at once; by default all of them, for the way back.</param>
    public LstmPass Forward(int group, Workspace workspace, LstmWeights weights, Span<float> logits, int pieceSteps = int.MaxValue)
    {
        var lengths = new int[_starts[group + 1] - _starts[group]];
        for (int i = 0; i < lengths.Length; i++)
            lengths[i] = StepsOf(Example(group, i));
        var sequences = new LstmSequences(lengths);
        var pass = new LstmPass(_matrices, sequences, workspace, pieceSteps);
        ReadOnlySpan<float> weight = weights.HeadWeight;
        for (int from = 0, end; from < sequences.Steps; from = end)
        {
            end = from + Math.Min(pieceSteps, sequences.Steps - from);
            pass.Begin(from, end);
            for (int i = 0; i < lengths.Length; i++)
                for (int step = from; step < Math.Min(end, lengths[i]); step++)
                    Example(group, i).Inputs.AsSpan(step * _matrices.Shape.Inputs, _matrices.Shape.Inputs).CopyTo(pass.Input(i, step));
            pass.Forward();
            foreach ((int series, int step, int at) in Outputs(group, from, end))
            {
                ReadOnlySpan<float> hidden = pass.Output(series, step);
                double logit = weights.HeadBias;
                for (int j = 0; j < weight.Length; j++)
                    logit += (double)weight[j] * hidden[j];
                logits[at] = (float)logit;
            }
        }
        return pass;
    }

    /// <summary>The outputs of a group that have a logit: the series within the group, the step, and where its logit stands among all.</summary>
    /// <param name="group">Which.</param>
    /// <param name="from">The first step of interest.</param>
    /// <param name="end">The step behind the last of interest.</param>
    public IEnumerable<(int Series, int Step, int Logit)> Outputs(int group, int from = 0, int end = int.MaxValue)
    {
        for (int i = _starts[group]; i < _starts[group + 1]; i++)
        {
            int steps = StepsOf(_examples.Span[i]), first = _labelKind == LabelKind.Series ? steps - 1 : 0;
            for (int step = Math.Max(first, from); step < Math.Min(steps, end); step++)
                yield return (i - _starts[group], step, LogitStarts[i] + step - first);
        }
    }

    private LstmExample Example(int group, int series) => _examples.Span[_starts[group] + series];

    private int StepsOf(LstmExample example) => example.Inputs.Length / _matrices.Shape.Inputs;
}
