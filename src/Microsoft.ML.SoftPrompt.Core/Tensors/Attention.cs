namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>
/// Scaled dot-product attention of one series (Vaswani et al., arXiv 1706.03762, eq. 1), head by head: softmax(Q·Kᵀ/√d)·V. Queries may be
/// fewer than keys. The probabilities are not kept but computed again on the way back: they are larger than all else a layer keeps.
/// </summary>
internal static unsafe class Attention
{
    /// <param name="kernels">The kernels.</param>
    /// <param name="scratch">Scratch.</param>
    /// <param name="shape">Sizes of the series and its heads.</param>
    /// <param name="query">[queries, heads · headSize], rows <see cref="AttentionShape.QueryStride"/> apart.</param>
    /// <param name="key">[keys, heads · headSize], rows <see cref="AttentionShape.KeyStride"/> apart.</param>
    /// <param name="value">As the keys.</param>
    /// <param name="context">The result, laid out as the queries.</param>
    public static void Forward(Kernels kernels, AttentionScratch scratch, in AttentionShape shape, float* query, float* key, float* value, float* context)
    {
        int d = shape.HeadSize;
        int columns = kernels.Padded(shape.Keys);
        for (int head = 0; head < shape.Heads; head++)
        {
            int at = head * d;
            Probabilities(kernels, scratch, shape, query + at, key + at);
            // [queries, keys] · [keys, d]
            PackedMatrix v = PackedMatrix.Pack(value + at, shape.KeyStride, 1, shape.Keys, d, kernels.PanelWidth, scratch.Panels);
            Slice(kernels, scratch, v, scratch.Scores, columns, 1, shape.Queries, context + at, shape.QueryStride);
        }
    }

    /// <summary>The way back of <see cref="Forward"/>; the results overwrite.</summary>
    public static void Backward(
        Kernels kernels, AttentionScratch scratch, in AttentionShape shape, float* query, float* key, float* value,
        float* contextGradient, float* queryGradient, float* keyGradient, float* valueGradient)
    {
        int d = shape.HeadSize;
        int columns = kernels.Padded(shape.Keys);
        for (int head = 0; head < shape.Heads; head++)
        {
            int at = head * d;
            float* dContext = contextGradient + at;
            Probabilities(kernels, scratch, shape, query + at, key + at);
            // dV = Pᵀ · dO: [keys, queries] · [queries, d]
            PackedMatrix packed = PackedMatrix.Pack(dContext, shape.QueryStride, 1, shape.Queries, d, kernels.PanelWidth, scratch.Panels);
            Slice(kernels, scratch, packed, scratch.Scores, 1, columns, shape.Keys, valueGradient + at, shape.KeyStride);
            // dP = dO · Vᵀ: [queries, d] · [d, keys]
            packed = PackedMatrix.Pack(value + at, 1, shape.KeyStride, d, shape.Keys, kernels.PanelWidth, scratch.Panels);
            kernels.Multiply(packed, dContext, shape.QueryStride, 1, shape.Queries, null, scratch.ScoresGradient, columns);
            kernels.SoftmaxBackward(scratch.Scores, scratch.ScoresGradient, shape.Queries, shape.Keys, columns, shape.Scale);
            // dQ = dS · K: [queries, keys] · [keys, d]
            packed = PackedMatrix.Pack(key + at, shape.KeyStride, 1, shape.Keys, d, kernels.PanelWidth, scratch.Panels);
            Slice(kernels, scratch, packed, scratch.ScoresGradient, columns, 1, shape.Queries, queryGradient + at, shape.QueryStride);
            // dK = dSᵀ · Q: [keys, queries] · [queries, d]
            packed = PackedMatrix.Pack(query + at, shape.QueryStride, 1, shape.Queries, d, kernels.PanelWidth, scratch.Panels);
            Slice(kernels, scratch, packed, scratch.ScoresGradient, 1, columns, shape.Keys, keyGradient + at, shape.KeyStride);
        }
    }

    /// <summary>scratch.Scores ← softmax(Q·Kᵀ · scale), [queries, keys].</summary>
    private static void Probabilities(Kernels kernels, AttentionScratch scratch, in AttentionShape shape, float* query, float* key)
    {
        int columns = kernels.Padded(shape.Keys);
        PackedMatrix k = PackedMatrix.Pack(key, 1, shape.KeyStride, shape.HeadSize, shape.Keys, kernels.PanelWidth, scratch.Panels);
        kernels.Multiply(k, query, shape.QueryStride, 1, shape.Queries, null, scratch.Scores, columns);
        kernels.Softmax(scratch.Scores, shape.Queries, shape.Keys, columns, shape.Scale);
    }

    /// <summary>Writes a product into a head's columns, by way of a scratch block where whole panels would run into the next head's.</summary>
    private static void Slice(
        Kernels kernels, AttentionScratch scratch, in PackedMatrix b, float* a, nint row, nint step, int rows, float* c, nint stride)
    {
        int padded = kernels.Padded(b.Columns);
        if (padded == b.Columns)
        {
            kernels.Multiply(b, a, row, step, rows, null, c, stride);
            return;
        }
        kernels.Multiply(b, a, row, step, rows, null, scratch.Block, padded);
        for (int i = 0; i < rows; i++)
            new ReadOnlySpan<float>(scratch.Block + (nint)i * padded, b.Columns).CopyTo(new Span<float>(c + i * stride, b.Columns));
    }
}

/// <summary>Sizes of the attention of one series.</summary>
/// <param name="Queries">Positions that ask.</param>
/// <param name="Keys">Positions that are asked.</param>
/// <param name="Heads">Number of heads.</param>
/// <param name="HeadSize">Components of a head, d.</param>
/// <param name="QueryStride">Distance of rows of queries, contexts and their gradients.</param>
/// <param name="KeyStride">Distance of rows of keys, values and their gradients.</param>
internal readonly record struct AttentionShape(int Queries, int Keys, int Heads, int HeadSize, int QueryStride, int KeyStride)
{
    /// <summary>1 / √d.</summary>
    public float Scale => 1 / MathF.Sqrt(HeadSize);
}

/// <summary>Scratch that serves every series up to a length.</summary>
internal readonly unsafe struct AttentionScratch
{
    public readonly float* Panels, Scores, ScoresGradient, Block;

    public AttentionScratch(Kernels kernels, Workspace workspace, int longest, int headSize, bool backward)
    {
        nint padded = kernels.Padded(longest), head = kernels.Padded(headSize);
        Panels = workspace.Singles(padded * head);
        Scores = workspace.Singles(longest * padded);
        ScoresGradient = backward ? workspace.Singles(longest * padded) : null;
        Block = workspace.Singles(longest * head);
    }
}
