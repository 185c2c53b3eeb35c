namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// Gemma 3's text model (Gemma Team, arXiv 2503.19786): Gemma 2 with norms of each head's queries and keys in place of bounds on scores, a
/// sliding window in all layers but every sixth, and a θ of their own where the window slides.
/// </summary>
internal static class Gemma3Family
{
    private const double QueryScalar = 256, Theta = 1e6, SlidingTheta = 1e4;

    /// <summary>Every so many layers one sees all positions, where a file does not say it.</summary>
    private const int Period = 6;

    public static TransformerFamily Gemma3Text { get; } = new("gemma3_text", Shape, LlamaFamily.Tensors);

    private static TransformerShape Shape(HuggingFaceConfig config)
    {
        config.RequireNone("attn_logit_softcapping");
        TransformerShape gemma = GemmaFamily.Trunk(config);
        double full = config.RotaryTheta("rope_theta", Theta, "full_attention"), sliding = config.RotaryTheta("rope_local_base_freq", SlidingTheta, "sliding_attention");
        int period = config.SizeOrNone("sliding_window_pattern") ?? config.SizeOrNone("_sliding_window_pattern") ?? Period;
        return gemma with
        {
            Norms = NormPlacement.Around,
            QueryKeyNorms = true,
            QueryScale = (float)(1 / Math.Sqrt(config.Positive("query_pre_attn_scalar") ?? QueryScalar)),
            Layers = GemmaFamily.Sliding(config, gemma, layer => (layer + 1) % period != 0, slides => slides ? sliding : full),
        };
    }
}
