using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// A BERT encoder with frozen weights (Devlin et al., arXiv 1810.04805): embeddings, then post-norm layers of attention and feed-forward,
/// over a ragged batch without padding. A call runs on the calling thread.
/// </summary>
internal sealed unsafe class BertBackbone : IBackbone
{
    /// <summary>Rows of the feed-forward part at a time, so that its wide rows (MiniLM: 0.6 MB) stay in a second-level cache of 2 MB that two threads may share.</summary>
    private const int FeedForwardRows = 96;

    private readonly HuggingFaceConfig _config;
    private readonly BertWeights _weights;
    private readonly Kernels _kernels;
    private readonly IBackboneTokenizer? _tokenizer;
    private readonly WorkspacePool _pool = new();
    private readonly int _stride;
    private readonly int _pairStride;
    private readonly int _wideStride;

    public BertBackbone(BackboneFingerprint fingerprint, HuggingFaceConfig config, WeightFile weights, IBackboneTokenizer? tokenizer, Kernels kernels)
    {
        Fingerprint = fingerprint;
        _config = config;
        _kernels = kernels;
        _tokenizer = tokenizer;
        _weights = new BertWeights(weights, config, kernels);
        _stride = kernels.Padded(config.HiddenSize);
        _pairStride = kernels.Padded(2 * config.HiddenSize);
        _wideStride = kernels.Padded(config.IntermediateSize);
    }

    public BackboneFingerprint Fingerprint { get; }

    /// <summary>Where the model came from.</summary>
    public BackboneFiles? Files { get; init; }

    public int HiddenSize => _config.HiddenSize;

    public int MaxPositions => _config.MaxPositions;

    public int VocabularySize => _config.VocabularySize;

    /// <inheritdoc/>
    /// <remarks>Four series of 120 positions: enough rows to use each panel of weights forty times, few enough that a batch of 32 series divides evenly among threads.</remarks>
    public int PreferredPositions => 480;

    public bool HasTokenizer => _tokenizer is not null;

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
        try
        {
            Run(input, hidden, new BertPlan(input, MaxPositions, scratch), scratch, null);
        }
        finally
        {
            _pool.Return(scratch);
        }
    }

    public IBackboneTape ForwardForTraining(BackboneInput input, Span<float> hidden)
    {
        Check(input, hidden.Length);
        BertTape tape = new(this, _pool.Rent(), input, _config.Layers);
        Workspace scratch = _pool.Rent();
        try
        {
            tape.Plan = new BertPlan(input, MaxPositions, tape.Memory);
            Run(input, hidden, tape.Plan, scratch, tape);
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

    /// <summary>Takes a tape's memory back.</summary>
    internal void Return(Workspace memory) => _pool.Return(memory);

    private void Check(BackboneInput input, int hidden)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.HiddenSize != HiddenSize)
            throw new ArgumentException($"The input has rows of {input.HiddenSize} components; the model has {HiddenSize}.", nameof(input));
        if (hidden != input.WantedCount * HiddenSize)
            throw new ArgumentException($"The hidden states have {hidden} components; {input.WantedCount} wanted positions of {HiddenSize} take {input.WantedCount * HiddenSize}.", nameof(hidden));
        for (int s = 0; s < input.SeriesCount; s++)
            foreach (int position in input.Positions(s))
                if (position >= VocabularySize)
                    throw new ArgumentException($"Series {s} holds the token {position}; the vocabulary has {VocabularySize}.", nameof(input));
    }

    // ---- forward ----

    private void Run(BackboneInput input, Span<float> hidden, in BertPlan plan, Workspace scratch, BertTape? tape)
    {
        using AlignedMemory.Lease lease = _weights.Use();
        float* x = Embed(input, plan, scratch, tape); // [rows, d]
        AttentionScratch attention = new(_kernels, scratch, plan.Longest, HiddenSize / _config.Heads, backward: false);
        ForwardBuffers buffers = new(this, plan, scratch, tape is null);
        for (int layer = 0; layer < _config.Layers; layer++)
        {
            // Behind the last layer nobody looks at the other positions: there they are keys and values only.
            bool last = layer == _config.Layers - 1;
            int queries = last ? plan.WantedRows : plan.Rows;
            float* asking = last ? Gather(x, plan.Wanted, queries, _stride, scratch) : x; // [queries, d]
            BertLayerTape kept = tape is null ? buffers.Reused : Keep(tape, plan.Rows, queries);
            Layer(layer, plan, last, queries, x, asking, kept, buffers, attention, tape is not null);
            if (tape is not null)
                tape.Layers[layer] = kept;
            x = asking;
        }
        for (int i = 0; i < plan.WantedRows; i++)
            new ReadOnlySpan<float>(x + (nint)i * _stride, HiddenSize).CopyTo(hidden.Slice(i * HiddenSize, HiddenSize));
    }

    /// <summary>word + position + token type 0, then the norm: [rows, d].</summary>
    private float* Embed(BackboneInput input, in BertPlan plan, Workspace scratch, BertTape? tape)
    {
        float* x = scratch.Singles((nint)plan.Rows * _stride);
        ReadOnlySpan<float> shared = input.SharedRows.Span, supplied = input.SuppliedRows.Span;
        for (int s = 0; s < plan.Series; s++)
        {
            ReadOnlySpan<int> positions = input.Positions(s);
            int length = plan.Starts[s + 1] - plan.Starts[s];
            for (int i = 0; i < length; i++)
            {
                float* row = x + (nint)(plan.Starts[s] + i) * _stride;
                Span<float> target = new(row, HiddenSize);
                int position = i < input.SharedCount ? 0 : positions[i - input.SharedCount];
                if (i < input.SharedCount)
                    shared.Slice(i * HiddenSize, HiddenSize).CopyTo(target);
                else if (position < 0)
                    supplied.Slice(~position * HiddenSize, HiddenSize).CopyTo(target);
                else
                    _weights.Tokens.CopyRow(position, target);
                _kernels.Add(row, _weights.Positions + (nint)i * _stride, _stride);
            }
        }
        if (tape is not null)
        {
            tape.EmbeddingNormalised = tape.Memory.Singles((nint)plan.Rows * _stride);
            tape.EmbeddingInverse = tape.Memory.Singles(plan.Rows);
        }
        Norm(_weights.EmbeddingNorm, x, plan.Rows, tape is null ? null : tape.EmbeddingNormalised, tape is null ? null : tape.EmbeddingInverse);
        return x;
    }

    /// <summary>One layer; the result replaces <paramref name="asking"/>.</summary>
    private void Layer(
        int layer, in BertPlan plan, bool last, int queries, float* x, float* asking, in BertLayerTape kept, in ForwardBuffers buffers, in AttentionScratch attention, bool training)
    {
        LayerMatrices w = _weights.Layers[layer];
        _kernels.Multiply(w.Query, asking, _stride, 1, queries, null, kept.Query, _stride); // [queries, d]
        _kernels.Multiply(w.KeyValue, x, _stride, 1, plan.Rows, null, kept.KeyValue, _pairStride); // [rows, 2d]
        for (int s = 0; s < plan.Series; s++)
        {
            AttentionShape shape = Shape(plan, last, s, out int query);
            float* key = kept.KeyValue + (nint)plan.Starts[s] * _pairStride;
            nint at = (nint)query * _stride;
            Attention.Forward(_kernels, attention, shape, kept.Query + at, key, key + HiddenSize, buffers.Context + at);
        }
        float* middle = buffers.Middle; // [queries, d]
        _kernels.Multiply(w.Output, buffers.Context, _stride, 1, queries, asking, middle, _stride);
        Norm(_weights.AttentionNorms[layer], middle, queries, training ? kept.AttentionNormalised : null, training ? kept.AttentionInverse : null);
        for (int from = 0; from < queries; from += FeedForwardRows)
        {
            int rows = Math.Min(FeedForwardRows, queries - from);
            nint at = (nint)from * _stride;
            _kernels.Multiply(w.Up, middle + at, _stride, 1, rows, null, buffers.Wide, _wideStride); // [rows, wide]
            _kernels.Gelu(buffers.Wide, (nint)rows * _wideStride, training ? kept.Slope + (nint)from * _wideStride : null);
            _kernels.Multiply(w.Down, buffers.Wide, _wideStride, 1, rows, middle + at, asking + at, _stride); // [rows, d]
        }
        Norm(_weights.OutputNorms[layer], asking, queries, training ? kept.OutputNormalised : null, training ? kept.OutputInverse : null);
    }

    private void Norm(NormWeights norm, float* x, int rows, float* normalised, float* inverse) =>
        _kernels.LayerNorm(x, rows, HiddenSize, _stride, norm.Gamma, norm.Beta, _config.LayerNormEpsilon, x, normalised, inverse);

    private AttentionShape Shape(in BertPlan plan, bool last, int series, out int query)
    {
        int* starts = last ? plan.WantedStarts : plan.Starts;
        query = starts[series];
        return new AttentionShape(
            starts[series + 1] - query, plan.Starts[series + 1] - plan.Starts[series], _config.Heads, HiddenSize / _config.Heads, _stride, _pairStride);
    }

    private BertLayerTape Keep(BertTape tape, int rows, int queries) => new()
    {
        Query = tape.Memory.Singles((nint)queries * _stride),
        KeyValue = tape.Memory.Singles((nint)rows * _pairStride),
        AttentionNormalised = tape.Memory.Singles((nint)queries * _stride),
        AttentionInverse = tape.Memory.Singles(queries),
        Slope = tape.Memory.Singles((nint)queries * _wideStride),
        OutputNormalised = tape.Memory.Singles((nint)queries * _stride),
        OutputInverse = tape.Memory.Singles(queries),
    };

    private static float* Gather(float* source, int* rows, int count, int stride, Workspace scratch)
    {
        float* gathered = scratch.Singles((nint)count * stride);
        for (int i = 0; i < count; i++)
            new ReadOnlySpan<float>(source + (nint)rows[i] * stride, stride).CopyTo(new Span<float>(gathered + (nint)i * stride, stride));
        return gathered;
    }

    /// <summary>Scratch that every layer of a call uses again.</summary>
    private readonly struct ForwardBuffers
    {
        public readonly float* Context, Middle, Wide;

        /// <summary>Stands in for a tape where none is kept.</summary>
        public readonly BertLayerTape Reused;

        public ForwardBuffers(BertBackbone model, in BertPlan plan, Workspace scratch, bool withoutTape)
        {
            nint rows = plan.Rows;
            Context = scratch.Singles(rows * model._stride);
            Middle = scratch.Singles(rows * model._stride);
            Wide = scratch.Singles((nint)Math.Min(FeedForwardRows, plan.Rows) * model._wideStride);
            Reused = withoutTape
                ? new BertLayerTape { Query = scratch.Singles(rows * model._stride), KeyValue = scratch.Singles(rows * model._pairStride) }
                : default;
        }
    }

    // ---- backward ----

    /// <summary>The way back of a tape, from the wanted positions to the rows that went in.</summary>
    internal void Backward(BertTape tape, ReadOnlySpan<float> hiddenGradient, Span<float> sharedGradient, Span<float> suppliedGradient)
    {
        BackboneInput input = tape.Input;
        CheckGradient(hiddenGradient.Length, input.WantedCount, optional: false, nameof(hiddenGradient));
        CheckGradient(sharedGradient.Length, input.SharedCount, optional: true, nameof(sharedGradient));
        CheckGradient(suppliedGradient.Length, input.SuppliedCount, optional: true, nameof(suppliedGradient));
        sharedGradient.Clear();
        suppliedGradient.Clear();
        Workspace scratch = _pool.Rent();
        try
        {
            using AlignedMemory.Lease lease = _weights.Use(), transposes = _weights.UseTransposed();
            BertPlan plan = tape.Plan;
            RowGradients asked = new(input, plan, scratch, sharedGradient.Length > 0, suppliedGradient.Length > 0);
            if (asked.Count == 0 || plan.WantedRows == 0)
                return;
            float* dx = Gradients(tape, plan, hiddenGradient, asked, scratch);
            for (int i = 0; i < asked.Count; i++)
            {
                float* dRow = dx + (nint)i * _stride;
                int row = asked.Rows[i];
                _kernels.LayerNormBackward(
                    dRow, 1, HiddenSize, _stride, _weights.EmbeddingNorm.Gamma, tape.EmbeddingNormalised + (nint)row * _stride, tape.EmbeddingInverse + row);
                int target = asked.Targets[i];
                Span<float> sum = target >= 0
                    ? sharedGradient.Slice(target * HiddenSize, HiddenSize)
                    : suppliedGradient.Slice(~target * HiddenSize, HiddenSize);
                for (int j = 0; j < sum.Length; j++)
                    sum[j] += dRow[j];
            }
        }
        finally
        {
            _pool.Return(scratch);
        }
    }

    private void CheckGradient(int length, int rows, bool optional, string name)
    {
        if (length != rows * HiddenSize && !(optional && length == 0))
            throw new ArgumentException($"The gradient has {length} components; {rows} rows of {HiddenSize} take {rows * HiddenSize}.", name);
    }

    /// <summary>The gradient behind the embedding norm at the rows asked for, [asked, d].</summary>
    private float* Gradients(BertTape tape, in BertPlan plan, ReadOnlySpan<float> hiddenGradient, in RowGradients asked, Workspace scratch)
    {
        float* dx = scratch.Singles((nint)plan.WantedRows * _stride);
        for (int i = 0; i < plan.WantedRows; i++)
            hiddenGradient.Slice(i * HiddenSize, HiddenSize).CopyTo(new Span<float>(dx + (nint)i * _stride, HiddenSize));
        AttentionScratch attention = new(_kernels, scratch, plan.Longest, HiddenSize / _config.Heads, backward: true);
        nint rows = plan.Rows;
        float* dMiddle = scratch.Singles(rows * _stride), dContext = scratch.Singles(rows * _stride), dQuery = scratch.Singles(rows * _stride);
        float* dKeyValue = scratch.Singles(rows * _pairStride), dAll = scratch.Singles(rows * _stride);
        float* dWide = scratch.Singles((nint)Math.Min(FeedForwardRows, plan.Rows) * _wideStride);
        for (int layer = _config.Layers - 1; layer >= 0; layer--)
        {
            bool last = layer == _config.Layers - 1;
            int queries = last ? plan.WantedRows : plan.Rows;
            BertLayerTape kept = tape.Layers[layer];
            LayerMatrices w = _weights.Transposed[layer];
            _kernels.LayerNormBackward(dx, queries, HiddenSize, _stride, _weights.OutputNorms[layer].Gamma, kept.OutputNormalised, kept.OutputInverse);
            for (int from = 0; from < queries; from += FeedForwardRows)
            {
                int count = Math.Min(FeedForwardRows, queries - from);
                nint at = (nint)from * _stride;
                _kernels.Multiply(w.Down, dx + at, _stride, 1, count, null, dWide, _wideStride); // [count, wide]
                _kernels.MultiplyBy(dWide, kept.Slope + (nint)from * _wideStride, (nint)count * _wideStride);
                _kernels.Multiply(w.Up, dWide, _wideStride, 1, count, dx + at, dMiddle + at, _stride); // [count, d]
            }
            _kernels.LayerNormBackward(dMiddle, queries, HiddenSize, _stride, _weights.AttentionNorms[layer].Gamma, kept.AttentionNormalised, kept.AttentionInverse);
            _kernels.Multiply(w.Output, dMiddle, _stride, 1, queries, null, dContext, _stride); // [queries, d]
            for (int s = 0; s < plan.Series; s++)
            {
                AttentionShape shape = Shape(plan, last, s, out int query);
                nint at = (nint)query * _stride, keys = (nint)plan.Starts[s] * _pairStride;
                float* key = kept.KeyValue + keys, dKey = dKeyValue + keys;
                Attention.Backward(
                    _kernels, attention, shape, kept.Query + at, key, key + HiddenSize, dContext + at, dQuery + at, dKey, dKey + HiddenSize);
            }
            if (last)
            {
                // The positions that did not ask still answered, as keys and values.
                _kernels.Multiply(w.Query, dQuery, _stride, 1, queries, dMiddle, dMiddle, _stride); // [wanted, d]
                _kernels.Multiply(w.KeyValue, dKeyValue, _pairStride, 1, plan.Rows, null, dAll, _stride); // [rows, d]
                for (int i = 0; i < queries; i++)
                    _kernels.Add(dAll + (nint)plan.Wanted[i] * _stride, dMiddle + (nint)i * _stride, _stride);
                dx = layer == 0 ? Gather(dAll, asked.Rows, asked.Count, _stride, scratch) : dAll;
            }
            else if (layer > 0)
            {
                _kernels.Multiply(w.Query, dQuery, _stride, 1, queries, dMiddle, dx, _stride); // [rows, d]
                _kernels.Multiply(w.KeyValue, dKeyValue, _pairStride, 1, queries, dx, dx, _stride);
            }
            else
            {
                // Only the rows asked for go the last step.
                float* dAsked = Gather(dMiddle, asked.Rows, asked.Count, _stride, scratch); // [asked, d]
                _kernels.Multiply(w.Query, Gather(dQuery, asked.Rows, asked.Count, _stride, scratch), _stride, 1, asked.Count, dAsked, dAsked, _stride);
                _kernels.Multiply(w.KeyValue, Gather(dKeyValue, asked.Rows, asked.Count, _pairStride, scratch), _pairStride, 1, asked.Count, dAsked, dAsked, _stride);
                dx = dAsked;
            }
        }
        return dx;
    }

    /// <summary>The rows whose gradients are asked for, and where each is added: a shared row, or the complement of a supplied one.</summary>
    private readonly struct RowGradients
    {
        public readonly int* Rows, Targets;
        public readonly int Count;

        public RowGradients(BackboneInput input, in BertPlan plan, Workspace scratch, bool shared, bool supplied)
        {
            Rows = scratch.Integers(plan.Rows);
            Targets = scratch.Integers(plan.Rows);
            for (int s = 0; s < plan.Series; s++)
            {
                for (int i = 0; shared && i < input.SharedCount; i++)
                {
                    Rows[Count] = plan.Starts[s] + i;
                    Targets[Count++] = i;
                }
                ReadOnlySpan<int> positions = input.Positions(s);
                for (int i = 0; supplied && i < positions.Length; i++)
                {
                    if (positions[i] >= 0)
                        continue;
                    Rows[Count] = plan.Starts[s] + input.SharedCount + i;
                    Targets[Count++] = positions[i];
                }
            }
        }
    }
}
