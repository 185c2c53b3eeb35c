namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// GPT-2 (Radford et al., "Language Models are Unsupervised Multitask Learners", 2019): a decoder with norms in front and absolute positions.
/// Its matrices are stored as [inputs, outputs], queries, keys and values in one.
/// </summary>
internal static class Gpt2Family
{
    public static TransformerFamily Gpt2 { get; } = new("gpt2", Shape, Tensors);

    private static TransformerShape Shape(HuggingFaceConfig config)
    {
        config.RequireFlag("scale_attn_weights", true);
        config.RequireFlag("scale_attn_by_inverse_layer_idx", false);
        config.RequireFlag("add_cross_attention", false);
        // reorder_and_upcast_attn changes the precision of attention, not what it is.
        int d = config.Size("n_embd"), heads = config.Size("n_head");
        if (d % heads != 0)
            throw config.Contradiction($"n_embd {d} does not divide among n_head {heads}.");
        return new TransformerShape
        {
            Family = config.ModelType,
            VocabularySize = config.VocabularySize("vocab_size"),
            HiddenSize = d,
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = d / heads,
            WideSize = config.SizeOrNone("n_inner") ?? 4 * d,
            MaxPositions = config.Size("n_positions"),
            Layers = new LayerShape[config.LayerCount("n_layer")],
            EmbedsPositions = true,
            FinalNorm = true,
            Norms = NormPlacement.Before,
            NormEpsilon = config.Epsilon("layer_norm_epsilon"),
            Causal = true,
            TiedOutput = config.Flag(HuggingFaceConfig.TiedOutput, true),
            QueryScale = 1 / MathF.Sqrt(d / heads),
            QueryKeyValueBias = true,
            AttentionOutputBias = true,
            FeedForwardBias = true,
            Activation = config.Activation("activation_function", "gelu_new"),
        };
    }

    private static TransformerTensors Tensors(TransformerShape shape) => new()
    {
        Prefix = "transformer.",
        Ignored = ["lm_head.", "score.", "multiple_choice_head."],
        IgnoredEndings = [".attn.bias", ".attn.masked_bias"], // causal masks
        Tokens = "wte.weight",
        Positions = "wpe.weight",
        FinalNorm = "ln_f",
        Layers = [.. Enumerable.Range(0, shape.Layers.Count).Select(layer => Layer(shape, $"h.{layer}."))],
    };

    private static LayerTensors Layer(TransformerShape shape, string at)
    {
        int d = shape.HiddenSize, wide = shape.WideSize;
        LinearTensor fused = new($"{at}attn.c_attn", d, 3 * d, Bias: true) { Transposed = true };
        return new LayerTensors
        {
            AttentionNorm = $"{at}ln_1",
            Query = fused with { Outputs = d },
            KeyValue = [fused with { First = d, Outputs = 2 * d }],
            Output = new($"{at}attn.c_proj", d, d, Bias: true) { Transposed = true },
            FeedForwardNorm = $"{at}ln_2",
            Up = new($"{at}mlp.c_fc", d, wide, Bias: true) { Transposed = true },
            Down = new($"{at}mlp.c_proj", wide, d, Bias: true) { Transposed = true },
        };
    }
}
