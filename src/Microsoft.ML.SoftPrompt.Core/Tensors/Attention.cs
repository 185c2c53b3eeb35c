namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>
/// Scaled dot-product attention of one series (Vaswani et al., arXiv 1706.03762, eq. 1), head by head: softmax(scale · Q·Kᵀ)·V. Queries may be
/// fewer than keys, and several query heads may share a head of keys and values (Ainslie et al., arXiv 2305.13245). The probabilities are
/// not kept but computed again on the way back: they are larger than all else a layer keeps.
/// </summary>
internal static unsafe class Attention
{
    /// <summary>Queries at a time on the way forward: two blocks of a matrix product, and 12 KB of scores for 120 keys.</summary>
    private const int TileRows = 24;

    /// <param name="kernels">The kernels.</param>
    /// <param name="scratch">Scratch.</param>
    /// <param name="shape">Sizes of the series and its heads, and what a query sees.</param>
    /// <param name="firstHead">The first query head to compute.</param>
    /// <param name="heads">Query heads to compute.</param>
    /// <param name="positions">The position of each query among the keys; read where <see cref="AttentionShape.Causal"/> is set.</param>
    /// <param name="query">[queries, heads · headSize], rows <see cref="AttentionShape.QueryStride"/> apart.</param>
    /// <param name="key">[keys, keyValueHeads · headSize], rows <see cref="AttentionShape.KeyStride"/> apart.</param>
    /// <param name="value">As the keys.</param>
    /// <param name="context">The result, laid out as the queries.</param>
    public static void Forward(
        Kernels kernels, AttentionScratch scratch, in AttentionShape shape, int firstHead, int heads, int* positions, float* query, float* key, float* value, float* context)
    {
        int d = shape.HeadSize, panel = kernels.PanelWidth;
        PackedMatrix k = default, v = default;
        for (int head = firstHead; head < firstHead + heads; head++)
        {
            int at = head * d, shared = shape.KeyValueHead(head) * d;
            if (head == firstHead || shape.KeyValueHead(head - 1) != shape.KeyValueHead(head))
            {
                k = PackedMatrix.Pack(key + shared, 1, shape.KeyStride, d, shape.Keys, panel, scratch.Panels);
                v = PackedMatrix.Pack(value + shared, shape.KeyStride, 1, shape.Keys, d, panel, scratch.ValuePanels);
            }
            for (int from = 0; from < shape.Queries; from += TileRows)
            {
                // Only the keys that some query of the tile sees; the scores stay in the cache next to the core.
                int rows = Math.Min(TileRows, shape.Queries - from);
                (int first, int end) = shape.Seen(positions, from, rows);
                first = first / panel * panel;
                int columns = kernels.Padded(end - first);
                kernels.Multiply(k.Part(first, end - first, panel), query + (nint)from * shape.QueryStride + at, shape.QueryStride, 1, rows, null, scratch.Scores, columns);
                Softmax(kernels, scratch.Scores, null, shape, positions, from, rows, first, end - first, columns);
                for (int column = 0; column < d; column += panel)
                {
                    // [rows, keys] · [keys, d], from the first key on
                    PackedMatrix seen = new(v.Panels + (nint)column * shape.Keys + (nint)first * panel, null, end - first, Math.Min(panel, d - column));
                    Slice(kernels, scratch, seen, scratch.Scores, columns, 1, rows, context + (nint)from * shape.QueryStride + at + column, shape.QueryStride, false);
                }
            }
        }
    }

    /// <summary>The way back of <see cref="Forward"/>; the results overwrite.</summary>
    public static void Backward(
        Kernels kernels, AttentionScratch scratch, in AttentionShape shape, int* positions, float* query, float* key, float* value,
        float* contextGradient, float* queryGradient, float* keyGradient, float* valueGradient)
    {
        int d = shape.HeadSize;
        int columns = kernels.Padded(shape.Keys);
        for (int head = 0; head < shape.Heads; head++)
        {
            int at = head * d, shared = shape.KeyValueHead(head) * d;
            bool add = head > 0 && shape.KeyValueHead(head - 1) == shape.KeyValueHead(head);
            float* dContext = contextGradient + at;
            Probabilities(kernels, scratch, shape, positions, query + at, key + shared, scratch.CapSlopes);
            // dV = Pᵀ · dO: [keys, queries] · [queries, d]
            PackedMatrix packed = PackedMatrix.Pack(dContext, shape.QueryStride, 1, shape.Queries, d, kernels.PanelWidth, scratch.Panels);
            Slice(kernels, scratch, packed, scratch.Scores, 1, columns, shape.Keys, valueGradient + shared, shape.KeyStride, add);
            // dP = dO · Vᵀ: [queries, d] · [d, keys]
            packed = PackedMatrix.Pack(value + shared, 1, shape.KeyStride, d, shape.Keys, kernels.PanelWidth, scratch.Panels);
            kernels.Multiply(packed, dContext, shape.QueryStride, 1, shape.Queries, null, scratch.ScoresGradient, columns);
            kernels.SoftmaxBackward(scratch.Scores, scratch.ScoresGradient, shape.Queries, shape.Keys, columns, shape.Scale);
            if (shape.SoftCap > 0)
                kernels.MultiplyBy(scratch.ScoresGradient, scratch.CapSlopes, (nint)shape.Queries * columns);
            // dQ = dS · K: [queries, keys] · [keys, d]
            packed = PackedMatrix.Pack(key + shared, shape.KeyStride, 1, shape.Keys, d, kernels.PanelWidth, scratch.Panels);
            Slice(kernels, scratch, packed, scratch.ScoresGradient, columns, 1, shape.Queries, queryGradient + at, shape.QueryStride, false);
            // dK = dSᵀ · Q: [keys, queries] · [queries, d]
            packed = PackedMatrix.Pack(query + at, shape.QueryStride, 1, shape.Queries, d, kernels.PanelWidth, scratch.Panels);
            Slice(kernels, scratch, packed, scratch.ScoresGradient, 1, columns, shape.Keys, keyGradient + shared, shape.KeyStride, add);
        }
    }

    /// <summary>scratch.Scores ← softmax of the scores over the keys that each query sees, [queries, keys].</summary>
    private static void Probabilities(
        Kernels kernels, AttentionScratch scratch, in AttentionShape shape, int* positions, float* query, float* key, float* capSlopes)
    {
        int columns = kernels.Padded(shape.Keys);
        PackedMatrix k = PackedMatrix.Pack(key, 1, shape.KeyStride, shape.HeadSize, shape.Keys, kernels.PanelWidth, scratch.Panels);
        kernels.Multiply(k, query, shape.QueryStride, 1, shape.Queries, null, scratch.Scores, columns);
        Softmax(kernels, scratch.Scores, capSlopes, shape, positions, 0, shape.Queries, 0, shape.Keys, columns);
    }

    /// <summary>Scores of some queries to probabilities over the keys that each sees.</summary>
    private static void Softmax(
        Kernels kernels, float* scores, float* capSlopes, in AttentionShape shape, int* positions, int from, int rows, int firstKey, int keys, int stride)
    {
        float scale = shape.Scale;
        if (shape.SoftCap > 0)
        {
            kernels.SoftCap(scores, (nint)rows * stride, scale, shape.SoftCap, capSlopes);
            scale = 1;
        }
        if (!shape.Causal)
        {
            kernels.Softmax(scores, rows, keys, 0, keys, stride, scale);
            return;
        }
        for (int i = 0; i < rows; i++)
        {
            (int first, int end) = shape.Seen(positions, from + i, 1);
            kernels.Softmax(scores + (nint)i * stride, 1, stride, first - firstKey, end - firstKey, stride, scale);
        }
    }

    /// <summary>Writes a product into a head's columns, or adds it, by way of a scratch block where whole panels would run into the next head's.</summary>
    private static void Slice(
        Kernels kernels, AttentionScratch scratch, in PackedMatrix b, float* a, nint row, nint step, int rows, float* c, nint stride, bool add)
    {
        int padded = kernels.Padded(b.Columns);
        if (padded == b.Columns)
        {
            kernels.Multiply(b, a, row, step, rows, add ? c : null, c, stride);
            return;
        }
        kernels.Multiply(b, a, row, step, rows, null, scratch.Block, padded);
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<float> from = new(scratch.Block + (nint)i * padded, b.Columns);
            Span<float> to = new(c + i * stride, b.Columns);
            if (!add)
                from.CopyTo(to);
            else
                for (int j = 0; j < to.Length; j++)
                    to[j] += from[j];
        }
    }
}

/// <summary>Sizes of the attention of one series, and what a query sees.</summary>
/// <param name="Queries">Positions that ask.</param>
/// <param name="Keys">Positions that are asked.</param>
/// <param name="Heads">Number of query heads.</param>
/// <param name="KeyValueHeads">Number of heads of keys and values; divides the number of query heads.</param>
/// <param name="HeadSize">Components of a head, d.</param>
/// <param name="QueryStride">Distance of rows of queries, contexts and their gradients.</param>
/// <param name="KeyStride">Distance of rows of keys, values and their gradients.</param>
/// <param name="Scale">What scores are multiplied with, as a rule 1 / √d.</param>
internal readonly record struct AttentionShape(int Queries, int Keys, int Heads, int KeyValueHeads, int HeadSize, int QueryStride, int KeyStride, float Scale)
{
    /// <summary>Whether a query sees no key behind its own position.</summary>
    public bool Causal { get; init; }

    /// <summary>With <see cref="Causal"/>, how many keys a query sees at most, its own position's included; 0 for all.</summary>
    public int Window { get; init; }

    /// <summary>The bound of <see cref="SoftCap{TSimd, TVector}"/> on scores, or 0 for none.</summary>
    public float SoftCap { get; init; }

    /// <summary>The keys that some of the queries see: the first, and the one behind the last. Positions ascend.</summary>
    public unsafe (int First, int End) Seen(int* positions, int from, int count) =>
        Causal ? (Window > 0 ? Math.Max(0, positions[from] + 1 - Window) : 0, positions[from + count - 1] + 1) : (0, Keys);

    /// <summary>The head of keys and values that a query head asks.</summary>
    public int KeyValueHead(int head) => head / (Heads / KeyValueHeads);
}

/// <summary>Scratch that serves every series up to a length.</summary>
internal readonly unsafe struct AttentionScratch
{
    public readonly float* Panels, ValuePanels, Scores, ScoresGradient, CapSlopes, Block;

    public AttentionScratch(Kernels kernels, Workspace workspace, int longest, int headSize, bool backward, bool capped = false)
    {
        nint padded = kernels.Padded(longest), head = kernels.Padded(headSize);
        Panels = workspace.Singles(padded * head);
        ValuePanels = workspace.Singles(padded * head);
        Scores = workspace.Singles(longest * padded);
        ScoresGradient = backward ? workspace.Singles(longest * padded) : null;
        CapSlopes = backward && capped ? workspace.Singles(longest * padded) : null;
        Block = workspace.Singles(longest * head);
    }
}
