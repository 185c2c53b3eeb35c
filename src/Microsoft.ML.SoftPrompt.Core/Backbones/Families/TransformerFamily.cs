namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>A family of models: what its <c>config.json</c> means, and how its tensors are called.</summary>
/// <param name="Name">As <c>model_type</c> names it.</param>
/// <param name="Shape">Reads a configuration.</param>
/// <param name="Tensors">Gives the names of a model's tensors.</param>
internal sealed record TransformerFamily(string Name, Func<HuggingFaceConfig, TransformerShape> Shape, Func<TransformerShape, TransformerTensors> Tensors)
{
    /// <summary>Gets the families that the engine runs.</summary>
    public static IReadOnlyList<TransformerFamily> All { get; } =
    [
        BertFamily.Bert, RobertaFamily.Roberta, DistilBertFamily.DistilBert,
        Gpt2Family.Gpt2, LlamaFamily.Llama, Qwen2Family.Qwen2, GemmaFamily.Gemma, Gemma2Family.Gemma2, Gemma3Family.Gemma3Text,
    ];

    /// <summary>The family of a configuration.</summary>
    /// <exception cref="NotSupportedException">It is none of <see cref="All"/>.</exception>
    public static TransformerFamily Of(HuggingFaceConfig config) =>
        All.FirstOrDefault(family => family.Name == config.ModelType)
        ?? throw config.Unsupported("model_type", $"'{config.ModelType}'", string.Join(", ", All.Select(family => family.Name)));
}
