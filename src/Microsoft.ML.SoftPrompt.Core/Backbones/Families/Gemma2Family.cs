namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// Gemma 2 (Gemma Team, arXiv 2408.00118): norms in front of and behind each part, scores kept within bounds by tanh, and a sliding window
/// over attention in every other layer, from the first on.
/// </summary>
internal static class Gemma2Family
{
    private const double QueryScalar = 256, SoftCap = 50;

    public static TransformerFamily Gemma2 { get; } = new("gemma2", Shape, LlamaFamily.Tensors);

    private static TransformerShape Shape(HuggingFaceConfig config)
    {
        TransformerShape gemma = GemmaFamily.Trunk(config);
        double theta = gemma.Layers[0].RotaryTheta;
        return gemma with
        {
            Norms = NormPlacement.Around,
            QueryScale = (float)(1 / Math.Sqrt(config.Positive("query_pre_attn_scalar") ?? QueryScalar)),
            SoftCap = config.IsNull("attn_logit_softcapping") ? 0 : (float)(config.Positive("attn_logit_softcapping") ?? SoftCap),
            Layers = GemmaFamily.Sliding(config, gemma, layer => layer % 2 == 0, _ => theta),
        };
    }
}
