using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// A transformer with frozen weights, encoder or decoder, over a ragged batch without padding: embeddings, then layers of attention and
/// feed-forward, as its <see cref="TransformerShape"/> says. A call runs on the calling thread, but for scoring that begins outside
/// of the scheduler's items: there the threads share its products, its heads and its rows.
/// </summary>
internal sealed unsafe partial class TransformerBackbone : IBackbone
{
    /// <summary>Rows of the feed-forward part at a time, so that its wide rows (MiniLM: 0.7 MB) stay in a second-level cache of 2 MB that two threads may share.</summary>
    private const int FeedForwardRows = 120;

    private readonly TransformerShape _shape;
    private readonly TransformerWeights _weights;
    private readonly Kernels _kernels;
    private readonly IBackboneTokenizer? _tokenizer;
    private readonly WorkspacePool _pool = new();

    /// <summary>Apart from the scratch, which is a tenth as large: what is rented grows to the largest use it has had.</summary>
    private readonly WorkspacePool _tapes = new();

    private readonly double[] _thetas;
    private readonly int _layers;
    private readonly int _stride;
    private readonly int _queryStride;
    private readonly int _pairStride;
    private readonly int _wideStride;

    /// <exception cref="InvalidDataException">The weights are not those of this shape.</exception>
    public TransformerBackbone(
        BackboneFingerprint fingerprint, TransformerShape shape, TransformerTensors names, WeightFile weights, IBackboneTokenizer? tokenizer, Kernels kernels,
        WeightPrecision precision = WeightPrecision.Full)
    {
        Fingerprint = fingerprint;
        Precision = precision;
        _shape = shape;
        _kernels = kernels;
        _tokenizer = tokenizer;
        _weights = new TransformerWeights(weights, shape, names, kernels, precision);
        _thetas = [.. shape.Layers.Select(layer => layer.RotaryTheta).Where(theta => theta > 0).Distinct()];
        _layers = shape.Layers.Count;
        _stride = kernels.Padded(shape.HiddenSize);
        _queryStride = kernels.Padded(shape.QuerySize);
        _pairStride = kernels.Padded(2 * shape.KeySize);
        _wideStride = kernels.Padded(shape.WideSize);
    }

    public BackboneFingerprint Fingerprint { get; }

    /// <summary>Gets how the matrices are kept.</summary>
    public WeightPrecision Precision { get; }

    /// <summary>Where the model came from.</summary>
    public BackboneFiles? Files { get; init; }

    public int HiddenSize => _shape.HiddenSize;

    public int MaxPositions => _shape.MaxPositions;

    public int VocabularySize => _shape.VocabularySize;

    /// <inheritdoc/>
    /// <remarks>
    /// Two series of 120 positions: enough rows to use each panel of weights twenty times. Twice as many take no less of the processor's time
    /// and twice the memory for what a training call keeps (MiniLM: 20 MB a thread).
    /// </remarks>
    public int PreferredPositions => 240;

    public bool HasTokenizer => _tokenizer is not null;

    /// <summary>Whether a position sees none behind it.</summary>
    internal bool IsCausal => _shape.Causal;

    /// <summary>Components of the gradient that a call sends to a row of a <see cref="SharedPrompt"/>.</summary>
    internal int PromptGradientSize => _layers * 2 * _shape.KeySize + HiddenSize;

    public void CopyOutputRow(int tokenId, Span<float> destination)
    {
        if (!IsCausal)
            throw new NotSupportedException($"The backbone '{Fingerprint.Name}' ({Fingerprint.Family}) is an encoder, which has no logits of a next token; use a decoder.");
        if (!_shape.TiedOutput)
            throw new NotSupportedException($"The backbone '{Fingerprint.Name}' has an output matrix of its own ({HuggingFaceConfig.TiedOutput} is false), which is not kept; logits need a decoder whose output matrix is its token embedding.");
        CopyTokenRow(tokenId, destination);
        // Rows are scaled on their way in only.
        foreach (ref float component in destination)
            component /= _shape.TokenScale;
    }

    public void CopyTokenRow(int tokenId, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokenId);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(tokenId, VocabularySize);
        if (destination.Length != HiddenSize)
            throw new ArgumentException($"The destination has {destination.Length} components; a row has {HiddenSize}.", nameof(destination));
        _weights.Tokens.CopyRow(tokenId, destination);
    }

    public IReadOnlyList<int> EncodeText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Tokenizer.Encode(text);
    }

    public IReadOnlyList<int> EncodeNumeral(int numeral, int largest)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(numeral);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(numeral, largest);
        return Tokenizer.EncodeNumeral(numeral, largest);
    }

    private IBackboneTokenizer Tokenizer => _tokenizer ?? throw new InvalidOperationException(
        $"The backbone '{Fingerprint.Name}' was opened without a tokenizer; put its tokenizer.json or vocab.txt beside config.json.");

    public void Forward(BackboneInput input, Span<float> hidden)
    {
        Check(input, hidden.Length);
        Workspace scratch = _pool.Rent();
        SharedPrompt? prompt = null;
        try
        {
            TransformerPlan plan = new(input, MaxPositions, ComesFirst(input), scratch);
            prompt = PromptOf(input, training: false);
            Run(input, hidden, plan, scratch, prompt, null);
        }
        finally
        {
            _pool.Return(scratch);
            if (prompt != input.Prompt)
                prompt?.Dispose();
        }
    }

    public IBackboneTape ForwardForTraining(BackboneInput input, Span<float> hidden)
    {
        Check(input, hidden.Length);
        return Record(input, hidden, PromptOf(input, training: true), training: true);
    }

    /// <summary>Runs the one series of a <see cref="SharedPrompt"/>: no position is wanted, the keys and values of every layer are kept.</summary>
    internal TransformerTape Record(BackboneInput input, bool training) => Record(input, [], null, training);

    /// <summary>Takes a tape's memory back.</summary>
    internal void Return(Workspace memory) => _tapes.Return(memory);

    private TransformerTape Record(BackboneInput input, Span<float> hidden, SharedPrompt? prompt, bool training)
    {
        TransformerTape tape = new(this, _tapes.Rent(), input, _layers) { Prompt = prompt, Trains = training };
        Workspace scratch = _pool.Rent();
        try
        {
            tape.Plan = new TransformerPlan(input, MaxPositions, prompt is not null, tape.Memory);
            Run(input, hidden, tape.Plan, scratch, prompt, tape);
            return tape;
        }
        catch
        {
            tape.Dispose();
            throw;
        }
        finally
        {
            _pool.Return(scratch);
        }
    }

    /// <summary>
    /// Whether the shared rows' keys and values stand before every series: they were computed before, or the call has several series to
    /// compute them for. A single series takes its shared rows along, which gives the same bits.
    /// </summary>
    private bool ComesFirst(BackboneInput input) => input.Prompt is not null || (IsCausal && input.SharedCount > 0 && input.SeriesCount > 1);

    private SharedPrompt? PromptOf(BackboneInput input, bool training) =>
        input.Prompt ?? (ComesFirst(input) ? new SharedPrompt(this, input.SharedRows, training) : null);

    private void Check(BackboneInput input, int hidden)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.HiddenSize != HiddenSize)
            throw new ArgumentException($"The input has rows of {input.HiddenSize} components; the model has {HiddenSize}.", nameof(input));
        if (input.Prompt is not null && input.Prompt.Backbone != this)
            throw new ArgumentException($"The input's prompt was computed by '{input.Prompt.Backbone.Fingerprint.Name}', another backbone.", nameof(input));
        if (hidden != input.WantedCount * HiddenSize)
            throw new ArgumentException($"The hidden states have {hidden} components; {input.WantedCount} wanted positions of {HiddenSize} take {input.WantedCount * HiddenSize}.", nameof(hidden));
        for (int s = 0; s < input.SeriesCount; s++)
            foreach (int position in input.Positions(s))
                if (position >= VocabularySize)
                    throw new ArgumentException($"Series {s} holds the token {position}; the vocabulary has {VocabularySize}.", nameof(input));
    }

    // ---- what both ways share ----

    /// <summary>The attention of a series in a layer, and where its queries begin.</summary>
    private AttentionShape Attending(int layer, in TransformerPlan plan, bool last, int series, out int query)
    {
        int* starts = last ? plan.WantedStarts : plan.Starts;
        query = starts[series];
        int keys = plan.Before + plan.Starts[series + 1] - plan.Starts[series];
        return new AttentionShape(starts[series + 1] - query, keys, _shape.Heads, _shape.KeyValueHeads, _shape.HeadSize, _queryStride, _pairStride, _shape.QueryScale)
        {
            Causal = _shape.Causal,
            Window = _shape.Layers[layer].Window,
            SoftCap = _shape.SoftCap,
        };
    }

    /// <summary>The keys and values that a series sees: its own rows, behind the prompt's where these were computed before.</summary>
    private float* Keys(int layer, in TransformerPlan plan, int series, SharedPrompt? prompt, float* keyValue, float* joined)
    {
        float* own = keyValue + (nint)plan.Starts[series] * _pairStride;
        if (prompt is null)
            return own;
        Copy(prompt.KeyValue(layer), plan.Before, _pairStride, joined);
        Copy(own, plan.Starts[series + 1] - plan.Starts[series], _pairStride, joined + (nint)plan.Before * _pairStride);
        return joined;
    }

    /// <summary>Cosines and sines for the rotary positions of a call, a table for each θ.</summary>
    private float* Turns(in TransformerPlan plan, Workspace scratch)
    {
        nint size = (nint)plan.Longest * _shape.HeadSize;
        float* turns = scratch.Singles(_thetas.Length * size);
        for (int i = 0; i < _thetas.Length; i++)
            RotaryTable.Fill(turns + i * size, plan.Longest, _shape.HeadSize, _thetas[i]);
        return turns;
    }

    /// <summary>Turns queries and keys by their positions, or back.</summary>
    private void Rotate(int layer, in TransformerPlan plan, bool last, int queries, float* turns, float* query, float* keyValue, bool back)
    {
        int table = Array.IndexOf(_thetas, _shape.Layers[layer].RotaryTheta);
        if (table < 0)
            return;
        float* of = turns + (nint)table * plan.Longest * _shape.HeadSize;
        _kernels.Rotate(query, queries, _shape.Heads, _shape.HeadSize, _queryStride, last ? plan.WantedPositions : plan.Positions, of, back);
        _kernels.Rotate(keyValue, plan.Rows, _shape.KeyValueHeads, _shape.HeadSize, _pairStride, plan.Positions, of, back);
    }

    /// <summary>Whether a layer turns its queries and keys.</summary>
    private bool HasTurns(int layer) => _shape.Layers[layer].RotaryTheta > 0;

    /// <summary>Copies rows together; a row of the prompt, given as its complement, comes from there.</summary>
    private static void Gather(float* source, int* rows, int count, int stride, float* gathered, float* prompt = null)
    {
        for (int i = 0; i < count; i++)
            Copy(rows[i] >= 0 ? source + (nint)rows[i] * stride : prompt + (nint)~rows[i] * stride, 1, stride, gathered + (nint)i * stride);
    }

    private static float* Gather(float* source, int* rows, int count, int stride, Workspace scratch)
    {
        float* gathered = scratch.Singles((nint)count * stride);
        Gather(source, rows, count, stride, gathered);
        return gathered;
    }

    private static void Copy(float* source, int rows, int stride, float* destination)
    {
        nint bytes = (nint)rows * stride * sizeof(float);
        Buffer.MemoryCopy(source, destination, bytes, bytes);
    }
}
