using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// An encoder of sentences, without any training: the score is how much nearer the text of a series lies to the description of an anomalous
/// series than to that of a normal one, as the difference of the two cosines. It answers for a series as a whole.
/// </summary>
/// <remarks>
/// A text's place is the mean of its hidden states, special tokens included, as sentence-transformers takes it for all-MiniLM-L6-v2. The values
/// stand in the text as <see cref="SeriesText"/> writes them; nothing is learned of their scale. Of a series that exceeds the backbone's
/// positions the last values are read (<see cref="CountLastValuesThatFit"/>).
/// </remarks>
public sealed class ZeroShotEncoderMethod : IAnomalyMethod, IAnomalyScorer
{
    private const string Series = "A time series with the values " + SeriesTokens.Placeholder;

    private const string Normal = "A normal time series", Anomalous = "An anomalous time series";

    /// <summary>What stands around a text in BERT's family and in RoBERTa's.</summary>
    private static readonly (string Before, string Behind)[] s_frames = [("[CLS]", "[SEP]"), ("<s>", "</s>")];

    private readonly SeriesTokens _tokens;
    private readonly double[] _normal;
    private readonly double[] _anomalous;

    /// <summary>Prepares the descriptions.</summary>
    /// <param name="backbone">A backbone with a tokenizer, e.g. all-MiniLM-L6-v2. Texts are put between <c>[CLS]</c> and <c>[SEP]</c>, or <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>, where these are pieces of its vocabulary.</param>
    /// <param name="template">The text of a series, with <c>{series}</c> once where the values are to stand; "A time series with the values {series}" when null.</param>
    /// <param name="normal">The description of a normal series; "A normal time series" when null.</param>
    /// <param name="anomalous">The description of an anomalous series; "An anomalous time series" when null.</param>
    /// <exception cref="ArgumentException">The backbone has no tokenizer, the template is malformed or leaves no position for values, or a description is empty or exceeds the positions.</exception>
    /// <exception cref="InvalidOperationException">The backbone's tokenizer cannot read text; the message says why.</exception>
    public ZeroShotEncoderMethod(IBackbone backbone, string? template = null, string? normal = null, string? anomalous = null)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        (string before, string behind) = s_frames.FirstOrDefault(
            frame => backbone.HasTokenizer && backbone.EncodeText(frame.Before).Count == 1 && backbone.EncodeText(frame.Behind).Count == 1,
            (Before: "", Behind: ""));
        _tokens = new SeriesTokens(backbone, before + (template ?? Series) + behind);
        _normal = Describe(normal ?? Normal);
        _anomalous = Describe(anomalous ?? Anomalous);
        Name = $"Zero-shot {backbone.Fingerprint.Name}";

        double[] Describe(string text)
        {
            int[] positions = [.. backbone.EncodeText(before + text + behind)];
            if (text.Length == 0 || positions.Length > backbone.MaxPositions)
                throw new ArgumentException($"The description '{text}' takes {positions.Length} positions; expected a text, of at most {backbone.MaxPositions}.");
            BackboneInput input = new(backbone.HiddenSize);
            input.Add(positions, [.. Enumerable.Range(0, positions.Length)]);
            var hidden = new float[positions.Length * backbone.HiddenSize];
            backbone.Forward(input, hidden);
            return Direction(hidden, backbone.HiddenSize);
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Gives how many of a series' last values fit into the backbone's positions, the text around them included.</summary>
    /// <param name="values">The values.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is infinite.</exception>
    public int CountLastValuesThatFit(ReadOnlySpan<float> values) => _tokens.CountLastValuesThatFit(values);

    /// <inheritdoc/>
    /// <remarks>There is nothing to fit; the series are only checked.</remarks>
    /// <exception cref="ArgumentException">A series is malformed, or there is none.</exception>
    /// <exception cref="NotSupportedException">The labels are one a value.</exception>
    public IAnomalyScorer Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation, int seed, CancellationToken cancellation = default)
    {
        SeriesTokens.CheckFit(training, validation);
        return this;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A series is malformed or has labels of its values, or a value alone exceeds the backbone's positions.</exception>
    public IReadOnlyList<double> Score(IReadOnlyList<LabeledSeries> series, CancellationToken cancellation = default) =>
        _tokens.Answer(series, allPositions: true, hidden =>
        {
            double[] direction = Direction(hidden, _normal.Length);
            return Dot(direction, _anomalous) - Dot(direction, _normal);
        }, cancellation);

    /// <summary>The mean of the rows, at length 1.</summary>
    private static double[] Direction(ReadOnlySpan<float> hidden, int width)
    {
        var sum = new double[width];
        for (int i = 0; i < hidden.Length; i++)
            sum[i % width] += hidden[i];
        double length = Math.Sqrt(Dot(sum, sum));
        // A mean of zero has no direction: it is equally near to everything.
        for (int i = 0; i < width && length > 0; i++)
            sum[i] /= length;
        return sum;
    }

    private static double Dot(double[] left, double[] right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }
}
