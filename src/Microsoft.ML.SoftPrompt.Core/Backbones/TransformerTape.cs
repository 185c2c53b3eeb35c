using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>What a layer keeps for its way back. Queries are all rows, behind the last layer the wanted ones.</summary>
internal unsafe struct LayerTape
{
    /// <summary>[queries, heads · headSize] and [rows, 2 · keyValueHeads · headSize], as attention took them.</summary>
    public float* Query, KeyValue;

    /// <summary>Attention's norm: of all rows where it stands in front, of the queries where it stands behind.</summary>
    public NormTape Attention;

    /// <summary>In the last layer of a model with norms in front: attention's norm of the wanted rows, which queries come from.</summary>
    public NormTape Asking;

    /// <summary>[queries].</summary>
    public NormTape BehindAttention, FeedForward, BehindFeedForward;

    /// <summary>Of the heads' norms, row strides as <see cref="Query"/> and <see cref="KeyValue"/>; a head's inverses one behind another.</summary>
    public NormTape QueryNorm, KeyNorm;

    /// <summary>[queries, wide]: the derivative by the activation's argument, and where the feed-forward part is gated by its other factor.</summary>
    public float* Slope, Gate;
}

/// <summary>What a norm keeps: the rows before γ and β, and the factor of each.</summary>
internal readonly unsafe struct NormTape(float* normalised, float* inverse)
{
    public readonly float* Normalised = normalised, Inverse = inverse;

    /// <summary>The tape from a row on.</summary>
    public NormTape From(int row, int stride) => Normalised == null ? this : new(Normalised + (nint)row * stride, Inverse + row);
}

/// <summary>What a call keeps: one piece of pooled memory.</summary>
internal sealed unsafe class TransformerTape : IBackboneTape
{
    private readonly TransformerBackbone _backbone;
    private Workspace? _memory;

    public TransformerTape(TransformerBackbone backbone, Workspace memory, BackboneInput input, int layers)
    {
        _backbone = backbone;
        _memory = memory;
        Input = input;
        Layers = new LayerTape[layers];
    }

    public BackboneInput Input { get; }

    public TransformerPlan Plan { get; set; }

    public LayerTape[] Layers { get; }

    public NormTape EmbeddingNorm { get; set; }

    public NormTape FinalNorm { get; set; }

    /// <summary>The prompt whose keys and values stood before every series; null where the shared rows went in with each.</summary>
    public SharedPrompt? Prompt { get; init; }

    /// <summary>Whether the prompt was computed for this call alone.</summary>
    public bool OwnsPrompt => Prompt is not null && Prompt != Input.Prompt;

    /// <summary>Whether the way back can be taken; else only keys and values are kept.</summary>
    public bool Trains { get; init; } = true;

    /// <summary>[rows, d]: what went into the last layer, kept for a prompt alone.</summary>
    public float* LastInput { get; set; }

    public Workspace Memory => _memory ?? throw new ObjectDisposedException(nameof(IBackboneTape));

    public void Backward(ReadOnlySpan<float> hiddenGradient, Span<float> sharedGradient, Span<float> suppliedGradient)
    {
        ObjectDisposedException.ThrowIf(_memory is null, this);
        _backbone.Backward(this, hiddenGradient, sharedGradient, suppliedGradient);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _memory, null) is not Workspace memory)
            return;
        _backbone.Return(memory);
        if (OwnsPrompt)
            Prompt?.Dispose();
    }
}
