using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>γ and β of a layer norm, padded to whole vectors.</summary>
internal readonly unsafe struct NormWeights(float* gamma, float* beta)
{
    public readonly float* Gamma = gamma, Beta = beta;
}

/// <summary>The matrices of a layer, packed for one direction. On the way back they are the transposes.</summary>
internal struct LayerMatrices
{
    /// <summary>[d, d], forward.</summary>
    public PackedMatrix Query;

    /// <summary>[d, 2d], forward: the keys' columns, then the values'.</summary>
    public PackedMatrix KeyValue;

    /// <summary>[d, d], forward.</summary>
    public PackedMatrix Output;

    /// <summary>[d, wide], forward.</summary>
    public PackedMatrix Up;

    /// <summary>[wide, d], forward.</summary>
    public PackedMatrix Down;
}

/// <summary>The weights of a BERT, packed for the kernels; the transposes for the way back are packed when the first training call asks.</summary>
#pragma warning disable CA1001 // A backbone lives as long as anyone uses it; its memory goes with the last reference.
internal sealed unsafe class BertWeights
#pragma warning restore CA1001
{
    private readonly Kernels _kernels;
    private readonly HuggingFaceConfig _config;
    private readonly AlignedMemory _memory;
    private readonly Lazy<(AlignedMemory Memory, LayerMatrices[] Layers)> _transposed;
    private nint _used;

    public BertWeights(WeightFile file, HuggingFaceConfig config, Kernels kernels)
    {
        _kernels = kernels;
        _config = config;
        BertTensorNames tensors = new(file, config);
        int d = config.HiddenSize, wide = config.IntermediateSize, stride = kernels.Padded(d);
        nint matrices = MatricesSize(kernels, d, wide) * config.Layers;
        nint vectors = (nint)config.Layers * (kernels.Padded(2 * d) + kernels.Padded(wide) + 7 * stride) + 2 * stride;
        _memory = new AlignedMemory(matrices + vectors + (nint)config.MaxPositions * stride);

        Tokens = new EmbeddingTable(file, tensors["embeddings.word_embeddings.weight"]);
        Positions = ReadPositions(tensors, stride);
        EmbeddingNorm = ReadNorm(tensors, "embeddings.LayerNorm", stride);
        Layers = new LayerMatrices[config.Layers];
        AttentionNorms = new NormWeights[config.Layers];
        OutputNorms = new NormWeights[config.Layers];
        float[] scratch = new float[Math.Max((long)d * wide, 2L * d * d)];
        for (int layer = 0; layer < config.Layers; layer++)
        {
            string at = $"encoder.layer.{layer}.";
            Layers[layer] = new LayerMatrices
            {
                Query = ReadLinear(tensors, scratch, d, d, $"{at}attention.self.query"),
                KeyValue = ReadLinear(tensors, scratch, d, d, $"{at}attention.self.key", $"{at}attention.self.value"),
                Output = ReadLinear(tensors, scratch, d, d, $"{at}attention.output.dense"),
                Up = ReadLinear(tensors, scratch, d, wide, $"{at}intermediate.dense"),
                Down = ReadLinear(tensors, scratch, wide, d, $"{at}output.dense"),
            };
            AttentionNorms[layer] = ReadNorm(tensors, $"{at}attention.output.LayerNorm", stride);
            OutputNorms[layer] = ReadNorm(tensors, $"{at}output.LayerNorm", stride);
        }
        _transposed = new(PackTransposes);
    }

    /// <summary>Gets the word embeddings.</summary>
    public EmbeddingTable Tokens { get; }

    /// <summary>Gets the position embeddings with that of token type 0 added, [positions, padded d].</summary>
    public float* Positions { get; }

    public NormWeights EmbeddingNorm { get; }

    public LayerMatrices[] Layers { get; }

    public NormWeights[] AttentionNorms { get; }

    public NormWeights[] OutputNorms { get; }

    /// <summary>Gets the transposes.</summary>
    public LayerMatrices[] Transposed => _transposed.Value.Layers;

    /// <summary>Keeps the memory of the forward pass.</summary>
    public AlignedMemory.Lease Use() => _memory.Use();

    /// <summary>Keeps the memory of the transposes.</summary>
    public AlignedMemory.Lease UseTransposed() => _transposed.Value.Memory.Use();

    private static nint MatricesSize(Kernels kernels, int d, int wide)
    {
        int panel = kernels.PanelWidth;
        return 2 * PackedMatrix.Size(d, d, panel) + PackedMatrix.Size(d, 2 * d, panel) + PackedMatrix.Size(d, wide, panel) + PackedMatrix.Size(wide, d, panel);
    }

    private float* Take(nint count)
    {
        float* start = _memory.Pointer + _used;
        _used += count;
        return _used <= _memory.Count ? start : throw new InvalidOperationException("The weights take more memory than was counted.");
    }

    private float* ReadPositions(BertTensorNames tensors, int stride)
    {
        int d = _config.HiddenSize;
        float[] types = new float[_config.TokenTypes * d], rows = new float[_config.MaxPositions * d];
        tensors.Read("embeddings.token_type_embeddings.weight", types);
        tensors.Read("embeddings.position_embeddings.weight", rows);
        float* positions = Take((nint)_config.MaxPositions * stride);
        for (int i = 0; i < _config.MaxPositions; i++)
            for (int j = 0; j < d; j++)
                positions[(nint)i * stride + j] = rows[i * d + j] + types[j];
        return positions;
    }

    private NormWeights ReadNorm(BertTensorNames tensors, string name, int stride)
    {
        float* gamma = Take(stride), beta = Take(stride);
        tensors.Read(name + ".weight", new Span<float>(gamma, _config.HiddenSize));
        tensors.Read(name + ".bias", new Span<float>(beta, _config.HiddenSize));
        return new NormWeights(gamma, beta);
    }

    /// <summary>Packs x · Wᵀ + b of one or more linear layers side by side; the file holds W as [columns, depth].</summary>
    private PackedMatrix ReadLinear(BertTensorNames tensors, float[] scratch, int depth, int columns, params ReadOnlySpan<string> names)
    {
        int all = columns * names.Length;
        float* bias = Take(_kernels.Padded(all)), panels = Take(PackedMatrix.Size(depth, all, _kernels.PanelWidth));
        for (int i = 0; i < names.Length; i++)
        {
            tensors.Read(names[i] + ".weight", scratch.AsSpan(i * columns * depth, columns * depth));
            tensors.Read(names[i] + ".bias", new Span<float>(bias + i * columns, columns));
        }
        fixed (float* source = scratch)
            return PackedMatrix.Pack(source, 1, depth, depth, all, _kernels.PanelWidth, panels, bias);
    }

    private (AlignedMemory Memory, LayerMatrices[] Layers) PackTransposes()
    {
        using AlignedMemory.Lease lease = Use();
        int d = _config.HiddenSize, wide = _config.IntermediateSize, panel = _kernels.PanelWidth;
        nint each = 2 * PackedMatrix.Size(d, d, panel) + PackedMatrix.Size(2 * d, d, panel) + PackedMatrix.Size(wide, d, panel) + PackedMatrix.Size(d, wide, panel);
        AlignedMemory memory = new(each * _config.Layers);
        float* next = memory.Pointer;
        PackedMatrix Transpose(in PackedMatrix matrix)
        {
            PackedMatrix transposed = matrix.PackTransposed(panel, next);
            next += PackedMatrix.Size(transposed.Depth, transposed.Columns, panel);
            return transposed;
        }
        LayerMatrices[] layers = Array.ConvertAll(Layers, layer => new LayerMatrices
        {
            Query = Transpose(layer.Query),
            KeyValue = Transpose(layer.KeyValue),
            Output = Transpose(layer.Output),
            Up = Transpose(layer.Up),
            Down = Transpose(layer.Down),
        });
        return (memory, layers);
    }
}
