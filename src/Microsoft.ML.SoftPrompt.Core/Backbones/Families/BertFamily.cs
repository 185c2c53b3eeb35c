namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>BERT (Devlin et al., arXiv 1810.04805), MiniLM among its models: an encoder with norms behind, absolute positions and token types.</summary>
internal static class BertFamily
{
    public static TransformerFamily Bert { get; } = new("bert", Shape, shape => Tensors(shape, "bert."));

    /// <summary>The shape of a configuration with BERT's fields.</summary>
    public static TransformerShape Shape(HuggingFaceConfig config)
    {
        config.RequireText("position_embedding_type", "absolute");
        config.RequireFlag("is_decoder", false);
        config.RequireFlag("add_cross_attention", false);
        int d = config.Size("hidden_size"), heads = config.Size("num_attention_heads");
        if (d % heads != 0)
            throw config.Contradiction($"hidden_size {d} does not divide among num_attention_heads {heads}.");
        return new TransformerShape
        {
            Family = config.ModelType,
            VocabularySize = config.VocabularySize("vocab_size"),
            HiddenSize = d,
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = d / heads,
            WideSize = config.Size("intermediate_size"),
            MaxPositions = config.Size("max_position_embeddings"),
            Layers = new LayerShape[config.LayerCount("num_hidden_layers")],
            EmbedsPositions = true,
            TokenTypes = config.Size("type_vocab_size"),
            EmbeddingNorm = true,
            Norms = NormPlacement.Behind,
            NormEpsilon = config.Epsilon("layer_norm_eps"),
            QueryScale = 1 / MathF.Sqrt(d / heads),
            QueryKeyValueBias = true,
            AttentionOutputBias = true,
            FeedForwardBias = true,
            Activation = config.Activation("hidden_act", "gelu"),
        };
    }

    /// <summary>BERT's names behind a prefix.</summary>
    public static TransformerTensors Tensors(TransformerShape shape, string prefix) => new()
    {
        Prefix = prefix,
        Ignored = ["pooler.", "cls.", "classifier.", "qa_outputs.", "lm_head.", "embeddings.position_ids"],
        // The oldest checkpoints call the parameters of a norm gamma and beta.
        Renamed = [("LayerNorm.gamma", "LayerNorm.weight"), ("LayerNorm.beta", "LayerNorm.bias")],
        Tokens = "embeddings.word_embeddings.weight",
        Positions = "embeddings.position_embeddings.weight",
        TokenTypes = "embeddings.token_type_embeddings.weight",
        EmbeddingNorm = "embeddings.LayerNorm",
        Layers = [.. Enumerable.Range(0, shape.Layers.Count).Select(layer => Layer(shape, $"encoder.layer.{layer}."))],
    };

    private static LayerTensors Layer(TransformerShape shape, string at)
    {
        int d = shape.HiddenSize, wide = shape.WideSize;
        return new LayerTensors
        {
            Query = new($"{at}attention.self.query", d, d, Bias: true),
            KeyValue = [new($"{at}attention.self.key", d, d, Bias: true), new($"{at}attention.self.value", d, d, Bias: true)],
            Output = new($"{at}attention.output.dense", d, d, Bias: true),
            AttentionNorm = $"{at}attention.output.LayerNorm",
            Up = new($"{at}intermediate.dense", d, wide, Bias: true),
            Down = new($"{at}output.dense", wide, d, Bias: true),
            FeedForwardNorm = $"{at}output.LayerNorm",
        };
    }
}
