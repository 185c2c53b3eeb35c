using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// A decoder asked in words, without any training, whether a series is anomalous: the score is the logit of " yes" less that of " no" behind
/// the question. It answers for a series as a whole.
/// </summary>
/// <remarks>
/// The values stand in the text as <see cref="SeriesText"/> writes them; nothing is learned of their scale. Of a series that exceeds the
/// backbone's positions the last values are read (<see cref="CountLastValuesThatFit"/>). The text in front of the values is computed once for
/// all series.
/// </remarks>
public sealed class ZeroShotDecoderMethod : IAnomalyMethod, IAnomalyScorer
{
    private const string Yes = " yes", No = " no";

    private const string Question =
        "Below are the values of a time series in the order of time.\n" + SeriesTokens.Placeholder + "\nDoes this series contain an anomaly, such as a sudden spike, a shift of the level, an unusual trend or a change of volatility? Answer yes or no.";

    private const string Plain = Question + "\nAnswer:";

    private const string TurnStart = "<|im_start|>";

    private const string ChatMl = TurnStart + "user\n" + Question + "<|im_end|>\n" + TurnStart + "assistant\nAnswer:";

    private readonly SeriesTokens _tokens;
    private readonly double[] _yesLessNo;

    /// <summary>Prepares the question.</summary>
    /// <param name="backbone">A decoder with a tokenizer whose output matrix is its token embedding, e.g. SmolLM2.</param>
    /// <param name="template">
    /// The text, with <c>{series}</c> once where the values are to stand, to be continued with " yes" or " no". Special tokens are written out;
    /// none is added. When null a question of the method's own, in the form of ChatML where the backbone's vocabulary has its mark
    /// <c>&lt;|im_start|&gt;</c> as one piece, and plain elsewhere.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The backbone has no tokenizer, " yes" or " no" is not a single piece of it, or the template is malformed or leaves no position for values.
    /// </exception>
    /// <exception cref="InvalidOperationException">The backbone's tokenizer cannot read text; the message says why.</exception>
    /// <exception cref="NotSupportedException">The backbone is an encoder, or its output matrix is not its token embedding (<see cref="IBackbone.CopyOutputRow"/>).</exception>
    public ZeroShotDecoderMethod(IBackbone backbone, string? template = null)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        _tokens = new SeriesTokens(backbone, template ?? (backbone.HasTokenizer && backbone.EncodeText(TurnStart).Count == 1 ? ChatMl : Plain));
        float[] yes = OutputRow(backbone, Yes), no = OutputRow(backbone, No);
        _yesLessNo = [.. yes.Zip(no, (y, n) => (double)y - n)];
        Name = $"Zero-shot {backbone.Fingerprint.Name}";
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
        _tokens.Answer(series, allPositions: false, YesLessNo, cancellation);

    private double YesLessNo(ReadOnlySpan<float> hidden)
    {
        double sum = 0;
        for (int i = 0; i < hidden.Length; i++)
            sum += hidden[i] * _yesLessNo[i];
        return sum;
    }

    private static float[] OutputRow(IBackbone backbone, string word)
    {
        IReadOnlyList<int> pieces = backbone.EncodeText(word);
        if (pieces.Count != 1)
            throw new ArgumentException($"The backbone '{backbone.Fingerprint.Name}' writes '{word}' in {pieces.Count} pieces; a single piece is needed, whose logit is the answer.", nameof(backbone));
        var row = new float[backbone.HiddenSize];
        backbone.CopyOutputRow(pieces[0], row);
        return row;
    }
}
