using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Where the norms of a layer stand.</summary>
internal enum NormPlacement
{
    /// <summary>Behind each residual sum: x ← norm(x + f(x)).</summary>
    Behind,

    /// <summary>In front of attention and feed-forward: x ← x + f(norm(x)).</summary>
    Before,

    /// <summary>In front of and behind attention and feed-forward: x ← x + norm(f(norm(x))).</summary>
    Around,
}

/// <summary>All that distinguishes one transformer from another, whatever its family: sizes, norms, positions, attention and feed-forward.</summary>
internal sealed record TransformerShape
{
    /// <summary>The family, as <c>model_type</c> names it.</summary>
    public required string Family { get; init; }

    /// <summary>Rows of the token embedding.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Components of a row, d.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values; divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Components of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Width of the feed-forward part.</summary>
    public required int WideSize { get; init; }

    /// <summary>Positions that a series may take.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>What differs from layer to layer.</summary>
    public required IReadOnlyList<LayerShape> Layers { get; init; }

    /// <summary>What token rows are multiplied with before they enter the model: √d for Gemma.</summary>
    public float TokenScale { get; init; } = 1;

    /// <summary>Whether the output matrix, by which a decoder's hidden states become logits, is the token embedding.</summary>
    public bool TiedOutput { get; init; }

    /// <summary>Rows of the position embedding that no position uses, in front of position 0: RoBERTa counts from behind the padding token.</summary>
    public int PositionOffset { get; init; }

    /// <summary>Whether positions are rows of an embedding.</summary>
    public bool EmbedsPositions { get; init; }

    /// <summary>Rows of the token-type embedding, of which the first is added everywhere; 0 where there is none.</summary>
    public int TokenTypes { get; init; }

    /// <summary>Whether the embeddings' sum goes through a norm.</summary>
    public bool EmbeddingNorm { get; init; }

    /// <summary>Whether the last layer's result goes through a norm.</summary>
    public bool FinalNorm { get; init; }

    public required NormPlacement Norms { get; init; }

    /// <summary>Whether norms are by root mean square, without mean and β.</summary>
    public bool RootMeanSquare { get; init; }

    /// <summary>Whether a file holds γ − 1 (Gemma).</summary>
    public bool GammaAroundOne { get; init; }

    /// <summary>ε of the norms.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Whether each head of queries and of keys goes through a norm of its own.</summary>
    public bool QueryKeyNorms { get; init; }

    /// <summary>Whether a position sees none behind it.</summary>
    public bool Causal { get; init; }

    /// <summary>What attention scores are multiplied with.</summary>
    public required float QueryScale { get; init; }

    /// <summary>Attention scores are kept within ± this by tanh; 0 for not at all.</summary>
    public float SoftCap { get; init; }

    /// <summary>Whether queries, keys and values have biases.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Whether attention's output has a bias.</summary>
    public bool AttentionOutputBias { get; init; }

    /// <summary>Whether the feed-forward part has biases.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>Whether the activation goes to a factor of the second product instead of standing alone.</summary>
    public bool Gated { get; init; }

    public required Activation Activation { get; init; }

    /// <summary>Components of all query heads.</summary>
    public int QuerySize => Heads * HeadSize;

    /// <summary>Components of all heads of keys.</summary>
    public int KeySize => KeyValueHeads * HeadSize;
}

/// <summary>What may differ from layer to layer.</summary>
/// <param name="Window">How many positions a position sees at most, itself included; 0 for all.</param>
/// <param name="RotaryTheta">The base of rotary positions' angles; 0 where positions are not rotary.</param>
internal readonly record struct LayerShape(int Window, double RotaryTheta);
