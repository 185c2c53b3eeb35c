using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>What a layer keeps for its way back.</summary>
internal unsafe struct BertLayerTape
{
    /// <summary>[queries, d] and [rows, 2d].</summary>
    public float* Query, KeyValue;

    /// <summary>[queries, d] and [queries]: the attention's norm.</summary>
    public float* AttentionNormalised, AttentionInverse;

    /// <summary>[queries, wide]: the derivative of GELU.</summary>
    public float* Slope;

    /// <summary>[queries, d] and [queries]: the output's norm.</summary>
    public float* OutputNormalised, OutputInverse;
}

/// <summary>What a training call keeps: one piece of pooled memory.</summary>
internal sealed unsafe class BertTape : IBackboneTape
{
    private readonly BertBackbone _backbone;
    private Workspace? _memory;

    public BertTape(BertBackbone backbone, Workspace memory, BackboneInput input, int layers)
    {
        _backbone = backbone;
        _memory = memory;
        Input = input;
        Layers = new BertLayerTape[layers];
    }

    public BackboneInput Input { get; }

    public BertPlan Plan { get; set; }

    public BertLayerTape[] Layers { get; }

    /// <summary>[rows, d]: the embedding's norm.</summary>
    public float* EmbeddingNormalised { get; set; }

    /// <summary>[rows].</summary>
    public float* EmbeddingInverse { get; set; }

    public Workspace Memory => _memory ?? throw new ObjectDisposedException(nameof(IBackboneTape));

    public void Backward(ReadOnlySpan<float> hiddenGradient, Span<float> sharedGradient, Span<float> suppliedGradient)
    {
        ObjectDisposedException.ThrowIf(_memory is null, this);
        _backbone.Backward(this, hiddenGradient, sharedGradient, suppliedGradient);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _memory, null) is Workspace memory)
            _backbone.Return(memory);
    }
}
