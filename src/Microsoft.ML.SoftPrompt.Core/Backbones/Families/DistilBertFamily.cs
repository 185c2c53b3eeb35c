namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>DistilBERT (Sanh et al., arXiv 1910.01108): BERT without token types, under names of its own.</summary>
internal static class DistilBertFamily
{
    /// <summary>ε of the norms, which no field says.</summary>
    private const float NormEpsilon = 1e-12f;

    public static TransformerFamily DistilBert { get; } = new("distilbert", Shape, Tensors);

    private static TransformerShape Shape(HuggingFaceConfig config)
    {
        int d = config.Size("dim"), heads = config.Size("n_heads");
        if (d % heads != 0)
            throw config.Contradiction($"dim {d} does not divide among n_heads {heads}.");
        // sinusoidal_pos_embds says how the positions' embedding started; it is read from the file either way.
        return new TransformerShape
        {
            Family = config.ModelType,
            VocabularySize = config.VocabularySize("vocab_size"),
            HiddenSize = d,
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = d / heads,
            WideSize = config.Size("hidden_dim"),
            MaxPositions = config.Size("max_position_embeddings"),
            Layers = new LayerShape[config.LayerCount("n_layers")],
            EmbedsPositions = true,
            EmbeddingNorm = true,
            Norms = NormPlacement.Behind,
            NormEpsilon = NormEpsilon,
            QueryScale = 1 / MathF.Sqrt(d / heads),
            QueryKeyValueBias = true,
            AttentionOutputBias = true,
            FeedForwardBias = true,
            Activation = config.Activation("activation", "gelu"),
        };
    }

    private static TransformerTensors Tensors(TransformerShape shape) => new()
    {
        Prefix = "distilbert.",
        Ignored = ["vocab_transform.", "vocab_layer_norm.", "vocab_projector.", "pre_classifier.", "classifier.", "qa_outputs.", "embeddings.position_ids"],
        Tokens = "embeddings.word_embeddings.weight",
        Positions = "embeddings.position_embeddings.weight",
        EmbeddingNorm = "embeddings.LayerNorm",
        Layers = [.. Enumerable.Range(0, shape.Layers.Count).Select(layer => Layer(shape, $"transformer.layer.{layer}."))],
    };

    private static LayerTensors Layer(TransformerShape shape, string at)
    {
        int d = shape.HiddenSize, wide = shape.WideSize;
        return new LayerTensors
        {
            Query = new($"{at}attention.q_lin", d, d, Bias: true),
            KeyValue = [new($"{at}attention.k_lin", d, d, Bias: true), new($"{at}attention.v_lin", d, d, Bias: true)],
            Output = new($"{at}attention.out_lin", d, d, Bias: true),
            AttentionNorm = $"{at}sa_layer_norm",
            Up = new($"{at}ffn.lin1", d, wide, Bias: true),
            Down = new($"{at}ffn.lin2", wide, d, Bias: true),
            FeedForwardNorm = $"{at}output_layer_norm",
        };
    }
}
