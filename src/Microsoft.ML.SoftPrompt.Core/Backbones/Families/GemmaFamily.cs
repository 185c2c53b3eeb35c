using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// Gemma (Gemma Team, arXiv 2403.08295): Llama with token rows multiplied with √d, norms whose files hold γ − 1, heads whose size is a field
/// of its own, and GELU in its tanh form.
/// </summary>
internal static class GemmaFamily
{
    /// <summary>Components of a head where a file does not say it.</summary>
    private const int HeadSize = 256;

    public static TransformerFamily Gemma { get; } = new("gemma", Trunk, LlamaFamily.Tensors);

    /// <summary>What all Gemmas have in common.</summary>
    public static TransformerShape Trunk(HuggingFaceConfig config)
    {
        config.RequireFlag("use_bidirectional_attention", false);
        TransformerShape llama = LlamaFamily.Trunk(config, HeadSize);
        bool attentionBias = config.Flag("attention_bias");
        return llama with
        {
            TokenScale = MathF.Sqrt(llama.HiddenSize),
            GammaAroundOne = true,
            TiedOutput = config.Flag(HuggingFaceConfig.TiedOutput, true),
            QueryKeyValueBias = attentionBias,
            AttentionOutputBias = attentionBias,
            // The later field holds where both are there: early files call the activation gelu and mean its tanh form.
            Activation = config.Activation("hidden_activation", config.Text("hidden_act", "gelu_pytorch_tanh")),
        };
    }

    /// <summary>The layers with a sliding window over attention in some, by <c>layer_types</c> or the family's pattern.</summary>
    public static LayerShape[] Sliding(HuggingFaceConfig config, TransformerShape shape, Func<int, bool> pattern, Func<bool, double> theta)
    {
        int window = config.SizeOrNone("sliding_window", int.MaxValue) ?? DefaultWindow;
        return Array.ConvertAll(config.SlidingLayers(shape.Layers.Count, pattern), sliding => new LayerShape(sliding ? window : 0, theta(sliding)));
    }

    /// <summary>Positions that a sliding window sees where a file does not say it.</summary>
    private const int DefaultWindow = 4096;
}
