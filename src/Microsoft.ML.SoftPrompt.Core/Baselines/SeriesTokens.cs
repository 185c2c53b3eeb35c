using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>Series written out as numbers within a text that is the same for all, as a backbone reads them.</summary>
/// <remarks>The text in front, the values and the text behind are cut into pieces apart, so that the pieces in front are the same for every series.</remarks>
internal sealed class SeriesTokens
{
    /// <summary>What a template has where the series is to stand.</summary>
    public const string Placeholder = "{series}";

    private readonly IBackbone _backbone;
    private readonly float[] _before;
    private readonly int _beforeCount;
    private readonly int[] _behind;

    /// <param name="backbone">The backbone.</param>
    /// <param name="template">The text, with <see cref="Placeholder"/> once.</param>
    /// <exception cref="ArgumentException">The template lacks the placeholder or has it more than once, or leaves no position for a value; or the backbone has no tokenizer.</exception>
    /// <exception cref="InvalidOperationException">The backbone's tokenizer cannot read text.</exception>
    public SeriesTokens(IBackbone backbone, string template)
    {
        if (!backbone.HasTokenizer)
            throw new ArgumentException($"The backbone '{backbone.Fingerprint.Name}' has no tokenizer, and a series is to be written out as text; put its tokenizer.json or vocab.txt beside config.json.", nameof(backbone));
        if (template.Split(Placeholder) is not [var before, var behind])
            throw new ArgumentException($"The template '{template}' must hold {Placeholder} once, where the values are to stand.", nameof(template));
        _backbone = backbone;
        IReadOnlyList<int> pieces = backbone.EncodeText(before);
        (_beforeCount, _behind) = (pieces.Count, [.. backbone.EncodeText(behind)]);
        if (Room < 1)
            throw new ArgumentException($"The text around a series takes {_beforeCount + _behind.Length} positions; the backbone '{backbone.Fingerprint.Name}' has {backbone.MaxPositions}, which leaves none for values.", nameof(template));
        _before = new float[_beforeCount * backbone.HiddenSize];
        for (int i = 0; i < _beforeCount; i++)
            backbone.CopyTokenRow(pieces[i], _before.AsSpan(i * backbone.HiddenSize, backbone.HiddenSize));
    }

    /// <summary>Positions that the text around a series leaves.</summary>
    private int Room => _backbone.MaxPositions - _beforeCount - _behind.Length;

    /// <summary>How many of a series' last values fit into the backbone's positions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is infinite.</exception>
    public int CountLastValuesThatFit(ReadOnlySpan<float> values)
    {
        int taken = 0;
        for (int count = 1; count <= values.Length; count++)
        {
            float value = values[^count];
            // The oldest value that is kept has nothing in front.
            if (taken + Pieces(value, first: true).Count > Room)
                return count - 1;
            taken += Pieces(value, first: false).Count;
        }
        return values.Length;
    }

    /// <summary>Computes something of each series' hidden states, in calls of the size that suits the backbone, side by side on the scheduler.</summary>
    /// <param name="series">The series, with one label each. Of those that exceed the backbone's positions the last values are read.</param>
    /// <param name="allPositions">Whether the hidden states of all positions are asked for, or that of the last.</param>
    /// <param name="answer">Takes the hidden states of a series, [positions, d].</param>
    /// <param name="cancellation">Asked between calls.</param>
    /// <exception cref="ArgumentException">A series is malformed or has labels of its values, or a value alone exceeds the positions.</exception>
    public double[] Answer(IReadOnlyList<LabeledSeries> series, bool allPositions, Func<ReadOnlySpan<float>, double> answer, CancellationToken cancellation)
    {
        LabeledSeriesCheck.Score(series, LabelKind.Series);
        var positions = new int[series.Count][];
        for (int i = 0; i < series.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            positions[i] = Encode(series[i].Values.Span, i);
        }
        using SharedPrompt? prompt = SharedPrompt.For(_backbone, _before, training: false);
        var answers = new double[series.Count];
        if (series.Count == 0)
            return answers;
        int[] calls = CallPlan.Cut([.. positions.Select(own => own.Length)], _backbone.PreferredPositions);
        Scheduler.Run(calls.Length - 1, call =>
        {
            BackboneInput input = new(_backbone.HiddenSize);
            input.Clear(_before, default, prompt);
            for (int i = calls[call]; i < calls[call + 1]; i++)
            {
                int count = _beforeCount + positions[i].Length;
                input.Add(positions[i], allPositions ? [.. Enumerable.Range(0, count)] : [count - 1]);
            }
            var hidden = new float[input.WantedCount * _backbone.HiddenSize];
            _backbone.Forward(input, hidden);
            int start = 0;
            for (int i = calls[call]; i < calls[call + 1]; i++)
            {
                int length = input.Wanted(i - calls[call]).Length * _backbone.HiddenSize;
                answers[i] = answer(hidden.AsSpan(start, length));
                start += length;
            }
        }, cancellation);
        return answers;
    }

    /// <summary>Checks the series of a fit, of which nothing is learned.</summary>
    /// <exception cref="ArgumentException">A series is malformed, or there is none.</exception>
    /// <exception cref="NotSupportedException">The labels are one a value.</exception>
    public static void CheckFit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation)
    {
        if (LabeledSeriesCheck.Fit(training, validation) != LabelKind.Series)
            throw new NotSupportedException("A zero-shot language model answers for a series as a whole: it needs one label a series.");
    }

    private int[] Encode(ReadOnlySpan<float> values, int series)
    {
        int fit = CountLastValuesThatFit(values);
        if (fit == 0)
            throw new ArgumentException($"Of series {series} (from 0) not even the last value fits behind the {_beforeCount + _behind.Length} positions of the text around it; the backbone '{_backbone.Fingerprint.Name}' has {_backbone.MaxPositions}.");
        List<int> positions = [];
        for (int i = values.Length - fit; i < values.Length; i++)
            positions.AddRange(Pieces(values[i], first: i == values.Length - fit));
        positions.AddRange(_behind);
        return [.. positions];
    }

    private IReadOnlyList<int> Pieces(float value, bool first) => _backbone.EncodeText(first ? SeriesText.Write(value) : SeriesText.Separator + SeriesText.Write(value));
}
