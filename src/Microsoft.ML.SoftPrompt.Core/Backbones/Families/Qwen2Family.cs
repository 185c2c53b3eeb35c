namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Qwen2 (Yang et al., arXiv 2407.10671): Llama with biases of queries, keys and values.</summary>
internal static class Qwen2Family
{
    public static TransformerFamily Qwen2 { get; } = new("qwen2", Shape, LlamaFamily.Tensors);

    private static TransformerShape Shape(HuggingFaceConfig config)
    {
        config.RequireFlag("use_sliding_window", false);
        TransformerShape shape = LlamaFamily.Trunk(config) with { QueryKeyValueBias = true };
        if (config.SlidingLayers(shape.Layers.Count, _ => false).Contains(true))
            throw config.Unsupported("layer_types", "'sliding_attention' for a layer", "full_attention");
        return shape;
    }
}
