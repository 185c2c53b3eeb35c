using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>γ and β of a norm, padded to whole vectors; no β where norms are by root mean square.</summary>
internal readonly unsafe struct NormWeights(float* gamma, float* beta)
{
    public readonly float* Gamma = gamma, Beta = beta;
}

/// <summary>The matrices of a layer, packed for one direction. On the way back they are the transposes.</summary>
internal struct LayerMatrices
{
    /// <summary>[d, heads · headSize], forward.</summary>
    public PackedMatrix Query;

    /// <summary>[d, 2 · keyValueHeads · headSize], forward: the keys' columns, then the values'.</summary>
    public PackedMatrix KeyValue;

    /// <summary>[heads · headSize, d], forward.</summary>
    public PackedMatrix Output;

    /// <summary>[d, wide], forward; empty where the feed-forward part is not gated.</summary>
    public PackedMatrix Gate;

    /// <summary>[d, wide], forward.</summary>
    public PackedMatrix Up;

    /// <summary>[wide, d], forward.</summary>
    public PackedMatrix Down;
}

/// <summary>The norms of a layer; those that a family has not are empty.</summary>
internal struct LayerNorms
{
    /// <summary>In front of each part, or behind its residual sum.</summary>
    public NormWeights Attention, FeedForward;

    /// <summary>Behind each part, before its residual sum.</summary>
    public NormWeights BehindAttention, BehindFeedForward;

    /// <summary>[headSize].</summary>
    public NormWeights Query, Key;
}

/// <summary>The weights of a transformer, packed for the kernels; the transposes for the way back are packed when the first training call asks.</summary>
#pragma warning disable CA1001 // A backbone lives as long as anyone uses it; its memory goes with the last reference.
internal sealed unsafe class TransformerWeights
#pragma warning restore CA1001
{
    private readonly Kernels _kernels;
    private readonly TransformerShape _shape;
    private readonly AlignedMemory _memory;
    private readonly Lazy<(AlignedMemory Memory, LayerMatrices[] Layers)> _transposed;
    private nint _used;

    /// <exception cref="InvalidDataException">The file does not hold the weights of this shape; the message says what is wrong.</exception>
    public TransformerWeights(WeightFile file, TransformerShape shape, TransformerTensors names, Kernels kernels)
    {
        _kernels = kernels;
        _shape = shape;
        TensorReader reader = new(file, shape, names);
        _memory = new AlignedMemory(Count(shape, names, kernels));
        Tokens = reader.ReadTable(names.Tokens, shape.TokenScale);
        Positions = ReadPositions(reader, names);
        EmbeddingNorm = ReadNorm(reader, names.EmbeddingNorm, shape.HiddenSize);
        FinalNorm = ReadNorm(reader, names.FinalNorm, shape.HiddenSize);
        Layers = new LayerMatrices[shape.Layers.Count];
        Norms = new LayerNorms[shape.Layers.Count];
        float[] scratch = new float[LargestMatrix(shape)];
        for (int i = 0; i < Layers.Length; i++)
        {
            LayerTensors layer = names.Layers[i];
            Layers[i] = new LayerMatrices
            {
                Query = ReadLinear(reader, scratch, layer.Query),
                KeyValue = ReadLinear(reader, scratch, [.. layer.KeyValue]),
                Output = ReadLinear(reader, scratch, layer.Output),
                Gate = ReadLinear(reader, scratch, [.. layer.Gate]),
                Up = ReadLinear(reader, scratch, layer.Up),
                Down = ReadLinear(reader, scratch, layer.Down),
            };
            Norms[i] = new LayerNorms
            {
                Attention = ReadNorm(reader, layer.AttentionNorm, shape.HiddenSize),
                FeedForward = ReadNorm(reader, layer.FeedForwardNorm, shape.HiddenSize),
                BehindAttention = ReadNorm(reader, layer.BehindAttentionNorm, shape.HiddenSize),
                BehindFeedForward = ReadNorm(reader, layer.BehindFeedForwardNorm, shape.HiddenSize),
                Query = ReadNorm(reader, layer.QueryNorm, shape.HeadSize),
                Key = ReadNorm(reader, layer.KeyNorm, shape.HeadSize),
            };
        }
        MultiplyAddsOfARow = shape.Layers.Count * Matrices(shape).Sum(m => (double)m.Depth * m.Columns);
        _transposed = new(PackTransposes);
    }

    /// <summary>Gets the word embeddings.</summary>
    public EmbeddingTable Tokens { get; }

    /// <summary>Gets the position embeddings with that of token type 0 added, [positions, padded d]; null where there are none.</summary>
    public float* Positions { get; }

    public NormWeights EmbeddingNorm { get; }

    public NormWeights FinalNorm { get; }

    public LayerMatrices[] Layers { get; }

    public LayerNorms[] Norms { get; }

    /// <summary>Gets the transposes.</summary>
    public LayerMatrices[] Transposed => _transposed.Value.Layers;

    /// <summary>Gets the multiply-adds that the matrices of all layers take for a row.</summary>
    public double MultiplyAddsOfARow { get; }

    /// <summary>Keeps the memory of the forward pass.</summary>
    public AlignedMemory.Lease Use() => _memory.Use();

    /// <summary>Keeps the memory of the transposes.</summary>
    public AlignedMemory.Lease UseTransposed() => _transposed.Value.Memory.Use();

    /// <summary>The depths and columns of a layer's matrices, forward.</summary>
    private static IEnumerable<(int Depth, int Columns)> Matrices(TransformerShape shape)
    {
        int d = shape.HiddenSize;
        yield return (d, shape.QuerySize);
        yield return (d, 2 * shape.KeySize);
        yield return (shape.QuerySize, d);
        if (shape.Gated)
            yield return (d, shape.WideSize);
        yield return (d, shape.WideSize);
        yield return (shape.WideSize, d);
    }

    /// <summary>Singles that the packed matrices of all layers take.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="panelWidth">Columns of a panel.</param>
    /// <param name="transposed">Whether those of the way back are meant.</param>
    internal static nint MatricesSize(TransformerShape shape, int panelWidth, bool transposed) => shape.Layers.Count * Matrices(shape).Aggregate(
        (nint)0, (sum, m) => sum + (transposed ? PackedMatrix.Size(m.Columns, m.Depth, panelWidth) : PackedMatrix.Size(m.Depth, m.Columns, panelWidth)));

    private static long LargestMatrix(TransformerShape shape) => Matrices(shape).Max(m => (long)m.Depth * m.Columns);

    private static nint Count(TransformerShape shape, TransformerTensors names, Kernels kernels)
    {
        int stride = kernels.Padded(shape.HiddenSize);
        nint vectors = names.All(shape).Where(tensor => tensor.Shape.Length == 1).Aggregate((nint)0, (sum, tensor) => sum + kernels.Padded((int)tensor.Shape[0]) + kernels.PanelWidth);
        return MatricesSize(shape, kernels.PanelWidth, transposed: false) + vectors + (shape.EmbedsPositions ? (nint)shape.MaxPositions * stride : 0);
    }

    private float* Take(nint count)
    {
        float* start = _memory.Pointer + _used;
        _used += count;
        return _used <= _memory.Count ? start : throw new InvalidOperationException("The weights take more memory than was counted.");
    }

    private float* ReadPositions(TensorReader reader, TransformerTensors names)
    {
        if (names.Positions is null)
            return null;
        int d = _shape.HiddenSize, stride = _kernels.Padded(d);
        float[] types = new float[Math.Max(1, _shape.TokenTypes) * (long)d], rows = new float[((long)_shape.MaxPositions + _shape.PositionOffset) * d];
        if (names.TokenTypes is not null)
            reader.Read(names.TokenTypes, types);
        reader.Read(names.Positions, rows);
        float* positions = Take((nint)_shape.MaxPositions * stride);
        for (int i = 0; i < _shape.MaxPositions; i++)
            for (int j = 0; j < d; j++)
                positions[(nint)i * stride + j] = rows[((long)i + _shape.PositionOffset) * d + j] + types[j];
        return positions;
    }

    private NormWeights ReadNorm(TensorReader reader, string? name, int size)
    {
        if (name is null)
            return default;
        float* gamma = Take(_kernels.Padded(size)), beta = null;
        reader.Read(name + ".weight", new Span<float>(gamma, size));
        if (_shape.GammaAroundOne)
            for (int i = 0; i < size; i++)
                gamma[i] += 1;
        if (!_shape.RootMeanSquare)
        {
            beta = Take(_kernels.Padded(size));
            reader.Read(name + ".bias", new Span<float>(beta, size));
        }
        return new NormWeights(gamma, beta);
    }

    /// <summary>Packs x · Wᵀ + b of one or more linear layers side by side; empty for none.</summary>
    private PackedMatrix ReadLinear(TensorReader reader, float[] scratch, params ReadOnlySpan<LinearTensor> layers)
    {
        if (layers.IsEmpty)
            return default;
        int depth = layers[0].Inputs, columns = 0;
        foreach (LinearTensor layer in layers)
            columns += layer.Outputs;
        float* bias = layers[0].Bias ? Take(_kernels.Padded(columns)) : null, panels = Take(PackedMatrix.Size(depth, columns, _kernels.PanelWidth));
        int at = 0;
        foreach (LinearTensor layer in layers)
        {
            reader.ReadWeight(layer, scratch.AsSpan(checked(at * depth), checked(layer.Outputs * depth)));
            if (layer.Bias)
                reader.ReadBias(layer, new Span<float>(bias + at, layer.Outputs));
            at += layer.Outputs;
        }
        fixed (float* source = scratch)
            return PackedMatrix.Pack(source, 1, depth, depth, columns, _kernels.PanelWidth, panels, bias);
    }

    private (AlignedMemory Memory, LayerMatrices[] Layers) PackTransposes()
    {
        using AlignedMemory.Lease lease = Use();
        int panel = _kernels.PanelWidth;
        AlignedMemory memory = new(MatricesSize(_shape, panel, transposed: true));
        float* next = memory.Pointer;
        PackedMatrix Transpose(in PackedMatrix matrix)
        {
            if (matrix.Panels == null)
                return default;
            PackedMatrix transposed = matrix.PackTransposed(panel, next);
            next += PackedMatrix.Size(transposed.Depth, transposed.Columns, panel);
            return transposed;
        }
        LayerMatrices[] layers = Array.ConvertAll(Layers, layer => new LayerMatrices
        {
            Query = Transpose(layer.Query),
            KeyValue = Transpose(layer.KeyValue),
            Output = Transpose(layer.Output),
            Gate = Transpose(layer.Gate),
            Up = Transpose(layer.Up),
            Down = Transpose(layer.Down),
        });
        return (memory, layers);
    }
}
