namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// Llama (Touvron et al., arXiv 2302.13971), SmolLM2 and TinyLlama among its models: a decoder with root-mean-square norms in front, rotary
/// positions and a gated feed-forward part. Its fields and names are the trunk of the families that came after it.
/// </summary>
internal static class LlamaFamily
{
    /// <summary>Transformers' own where a file does not say it.</summary>
    private const float NormEpsilon = 1e-6f;

    private const double RotaryTheta = 10000;

    public static TransformerFamily Llama { get; } = new("llama", Shape, Tensors);

    /// <summary>The shape of a configuration with Llama's fields; the families that differ change it.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="headSize">Components of a head where <c>head_dim</c> is missing; the hidden size's share when null.</param>
    public static TransformerShape Trunk(HuggingFaceConfig config, int? headSize = null)
    {
        int d = config.Size("hidden_size"), heads = config.Size("num_attention_heads"), keyValueHeads = config.SizeOrNone("num_key_value_heads") ?? heads;
        if (heads % keyValueHeads != 0)
            throw config.Contradiction($"num_attention_heads {heads} do not divide among num_key_value_heads {keyValueHeads}.");
        int? given = config.SizeOrNone("head_dim") ?? headSize;
        if (given is null && d % heads != 0)
            throw config.Contradiction($"hidden_size {d} does not divide among num_attention_heads {heads}.");
        int size = given ?? d / heads;
        if (size % 2 != 0)
            throw config.Contradiction($"heads have {size} components; rotary positions turn pairs of them.");
        if ((long)heads * size > HuggingFaceConfig.LargestSize)
            throw config.Contradiction($"{heads} heads of {size} components are more than {HuggingFaceConfig.LargestSize} in all.");
        return new TransformerShape
        {
            Family = config.ModelType,
            VocabularySize = config.VocabularySize("vocab_size"),
            HiddenSize = d,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = size,
            WideSize = config.Size("intermediate_size"),
            MaxPositions = config.Size("max_position_embeddings", int.MaxValue),
            Layers = [.. Enumerable.Repeat(new LayerShape(0, config.RotaryTheta("rope_theta", RotaryTheta)), config.LayerCount("num_hidden_layers"))],
            FinalNorm = true,
            Norms = NormPlacement.Before,
            RootMeanSquare = true,
            NormEpsilon = config.Epsilon("rms_norm_eps", NormEpsilon),
            Causal = true,
            TiedOutput = config.Flag(HuggingFaceConfig.TiedOutput),
            QueryScale = 1 / MathF.Sqrt(size),
            Gated = true,
            Activation = config.Activation("hidden_act", "silu"),
        };
    }

    /// <summary>The names of Llama and of the families that came after it.</summary>
    public static TransformerTensors Tensors(TransformerShape shape) => new()
    {
        Prefix = "model.",
        Ignored = ["lm_head.", "score.", "qa_outputs."],
        IgnoredEndings = [".rotary_emb.inv_freq"],
        Tokens = "embed_tokens.weight",
        FinalNorm = "norm",
        Layers = [.. Enumerable.Range(0, shape.Layers.Count).Select(layer => Layer(shape, $"layers.{layer}."))],
    };

    private static TransformerShape Shape(HuggingFaceConfig config)
    {
        bool attentionBias = config.Flag("attention_bias");
        return Trunk(config) with { QueryKeyValueBias = attentionBias, AttentionOutputBias = attentionBias, FeedForwardBias = config.Flag("mlp_bias") };
    }

    private static LayerTensors Layer(TransformerShape shape, string at)
    {
        int d = shape.HiddenSize, wide = shape.WideSize;
        bool around = shape.Norms == NormPlacement.Around;
        return new LayerTensors
        {
            AttentionNorm = $"{at}input_layernorm",
            Query = new($"{at}self_attn.q_proj", d, shape.QuerySize, shape.QueryKeyValueBias),
            KeyValue = [new($"{at}self_attn.k_proj", d, shape.KeySize, shape.QueryKeyValueBias), new($"{at}self_attn.v_proj", d, shape.KeySize, shape.QueryKeyValueBias)],
            QueryNorm = shape.QueryKeyNorms ? $"{at}self_attn.q_norm" : null,
            KeyNorm = shape.QueryKeyNorms ? $"{at}self_attn.k_norm" : null,
            Output = new($"{at}self_attn.o_proj", shape.QuerySize, d, shape.AttentionOutputBias),
            // Where norms stand around, the name that is elsewhere the feed-forward part's is that of the norm behind attention.
            BehindAttentionNorm = around ? $"{at}post_attention_layernorm" : null,
            FeedForwardNorm = around ? $"{at}pre_feedforward_layernorm" : $"{at}post_attention_layernorm",
            Gate = [new($"{at}mlp.gate_proj", d, wide, shape.FeedForwardBias)],
            Up = new($"{at}mlp.up_proj", d, wide, shape.FeedForwardBias),
            Down = new($"{at}mlp.down_proj", wide, d, shape.FeedForwardBias),
            BehindFeedForwardNorm = around ? $"{at}post_feedforward_layernorm" : null,
        };
    }
}
