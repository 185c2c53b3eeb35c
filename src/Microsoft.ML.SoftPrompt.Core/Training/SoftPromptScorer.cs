using System.Collections.Concurrent;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// Answers series with logits. Safe for concurrent use; what a call writes to is rented from a pool. A series' logits depend on the
/// series and the model alone.
/// </summary>
internal sealed class SoftPromptScorer
{
    private readonly IBackbone _backbone;
    private readonly TokenTable _table;
    private readonly Lazy<SharedPrompt?> _prompt;
    private readonly ConcurrentBag<Workspace> _pool = [];

    public SoftPromptScorer(IBackbone backbone, SoftPromptParameters parameters)
        : this(backbone, TokenTable.ForBins(backbone, parameters.BinCount), parameters)
    {
    }

    public SoftPromptScorer(IBackbone backbone, TokenTable table, SoftPromptParameters parameters)
    {
        if (parameters.HiddenSize != backbone.HiddenSize)
            throw new ArgumentException($"The prompt has rows of {parameters.HiddenSize} components, the backbone {backbone.Fingerprint.Name} of {backbone.HiddenSize}; use the backbone the prompt was trained with.", nameof(parameters));
        if (parameters.BinCount != table.BinCount)
            throw new ArgumentException($"The prompt was trained with {parameters.BinCount} bins, and the table has {table.BinCount}.", nameof(parameters));
        (_backbone, _table, Parameters) = (backbone, table, parameters);
        _prompt = new(() => SharedPrompt.For(backbone, parameters.Weights.Prompt, training: false));
    }

    public SoftPromptParameters Parameters { get; }

    /// <summary>The number of logits of a series of so many values: one, or one a value.</summary>
    public int CountLogits(int values) => Parameters.LabelKind == LabelKind.Series ? 1 : values;

    /// <summary>How many of a series' last values fit into the backbone behind the prompt.</summary>
    public int CountLastValuesThatFit(ReadOnlySpan<uint> tokens) => _table.CountLastValuesThatFit(tokens, Parameters.PromptLength);

    /// <summary>Scores one series, on the calling thread and, where the backbone can share a call, on threads that are idle.</summary>
    /// <param name="tokens">A key a value, at least one.</param>
    /// <param name="logits"><see cref="CountLogits"/> of its length.</param>
    /// <exception cref="ArgumentException">The series is empty, has a token that is no bin or too many positions, or the logits' length is another.</exception>
    public void Score(ReadOnlySpan<uint> tokens, Span<float> logits)
    {
        _table.CheckFits(tokens, Parameters.PromptLength, Parameters.LabelKind);
        CheckLogits(CountLogits(tokens.Length), logits.Length);
        Workspace workspace = Rent();
        _table.AddTo(workspace.Input, tokens, Parameters.LabelKind, Parameters.Pooling);
        Answer(workspace, logits);
        _pool.Add(workspace);
    }

    /// <summary>Scores many series, in calls of the size that suits the backbone, side by side on the scheduler.</summary>
    /// <param name="series">A key a value, at least one a series.</param>
    /// <param name="logits">The series' logits one after another, <see cref="CountLogits"/> of each.</param>
    /// <param name="cancellation">Asked between calls.</param>
    /// <exception cref="ArgumentException">As for a single series.</exception>
    /// <exception cref="OperationCanceledException">The cancellation was asked for.</exception>
    public void Score(IReadOnlyList<ReadOnlyMemory<uint>> series, Memory<float> logits, CancellationToken cancellation = default)
    {
        var positions = new int[series.Count];
        var starts = new int[series.Count + 1];
        for (int i = 0; i < series.Count; i++)
        {
            positions[i] = _table.CheckFits(series[i].Span, Parameters.PromptLength, Parameters.LabelKind);
            starts[i + 1] = starts[i] + CountLogits(series[i].Length);
        }
        CheckLogits(starts[^1], logits.Length);
        if (series.Count == 0)
            return;

        int[] calls = CallPlan.Cut(positions, _backbone.PreferredPositions);
        Scheduler.Run(calls.Length - 1, call =>
        {
            Workspace workspace = Rent();
            for (int i = calls[call]; i < calls[call + 1]; i++)
                _table.AddTo(workspace.Input, series[i].Span, Parameters.LabelKind, Parameters.Pooling);
            Answer(workspace, logits.Span[starts[calls[call]]..starts[calls[call + 1]]]);
            _pool.Add(workspace);
        }, cancellation);
    }

    private static void CheckLogits(int expected, int found)
    {
        if (expected != found)
            throw new ArgumentException($"There is room for {found} logits; the series have {expected}.");
    }

    private void Answer(Workspace workspace, Span<float> logits)
    {
        int d = _backbone.HiddenSize;
        Span<float> hidden = workspace.Hidden(workspace.Input.WantedCount * d);
        _backbone.Forward(workspace.Input, hidden);
        for (int i = 0; i < workspace.Input.SeriesCount; i++)
        {
            int rows = workspace.Input.Wanted(i).Length;
            int count = Parameters.LabelKind == LabelKind.Series ? 1 : rows;
            SeriesHead.Forward(hidden[..(rows * d)], Parameters.Weights.HeadWeight.Span, Parameters.Weights.HeadBias, Parameters.LabelKind, Parameters.Pooling, logits[..count]);
            hidden = hidden[(rows * d)..];
            logits = logits[count..];
        }
    }

    private Workspace Rent()
    {
        if (!_pool.TryTake(out Workspace? workspace))
            workspace = new Workspace(_backbone.HiddenSize);
        workspace.Input.Clear(Parameters.Weights.Prompt, Parameters.Weights.MissingRow, _prompt.Value);
        return workspace;
    }

    /// <summary>What one call writes to.</summary>
    private sealed class Workspace(int hiddenSize)
    {
        private float[] _hidden = [];

        public BackboneInput Input { get; } = new(hiddenSize);

        public Span<float> Hidden(int length)
        {
            if (_hidden.Length < length)
                _hidden = new float[length];
            return _hidden.AsSpan(0, length);
        }
    }
}
