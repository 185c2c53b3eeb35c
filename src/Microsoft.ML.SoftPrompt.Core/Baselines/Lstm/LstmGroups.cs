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
    public LstmPass Forward(int group, Workspace workspace, LstmWeights weights, Span<float> logits)
    {
        var lengths = new int[_starts[group + 1] - _starts[group]];
        for (int i = 0; i < lengths.Length; i++)
            lengths[i] = StepsOf(Example(group, i));
        var pass = new LstmPass(_matrices, new LstmSequences(lengths), workspace);
        for (int i = 0; i < lengths.Length; i++)
            for (int step = 0; step < lengths[i]; step++)
                Example(group, i).Inputs.AsSpan(step * _matrices.Shape.Inputs, _matrices.Shape.Inputs).CopyTo(pass.Input(i, step));
        pass.Forward();
        ReadOnlySpan<float> weight = weights.HeadWeight;
        foreach ((int series, int step, int at) in Outputs(group))
        {
            ReadOnlySpan<float> hidden = pass.Output(series, step);
            double logit = weights.HeadBias;
            for (int j = 0; j < weight.Length; j++)
                logit += (double)weight[j] * hidden[j];
            logits[at] = (float)logit;
        }
        return pass;
    }

    /// <summary>The outputs of a group that have a logit: the series within the group, the step, and where its logit stands among all.</summary>
    public IEnumerable<(int Series, int Step, int Logit)> Outputs(int group)
    {
        for (int i = _starts[group]; i < _starts[group + 1]; i++)
        {
            int firstStep = _labelKind == LabelKind.Series ? StepsOf(_examples.Span[i]) - 1 : 0;
            for (int at = LogitStarts[i]; at < LogitStarts[i + 1]; at++)
                yield return (i - _starts[group], firstStep + at - LogitStarts[i], at);
        }
    }

    private LstmExample Example(int group, int series) => _examples.Span[_starts[group] + series];

    private int StepsOf(LstmExample example) => example.Inputs.Length / _matrices.Shape.Inputs;
}
