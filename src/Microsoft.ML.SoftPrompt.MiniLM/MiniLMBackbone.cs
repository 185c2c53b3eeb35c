using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.MiniLM;

/// <summary>
/// all-MiniLM-L6-v2 (https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2, Apache 2.0): a BERT of 6 layers and 384 components,
/// embedded in this assembly in half precision. Its vocabulary holds the numerals 0 to 341, and many more, as single pieces.
/// </summary>
public static class MiniLMBackbone
{
    private const string Name = "all-MiniLM-L6-v2";

    /// <summary>The embedded files.</summary>
    internal static BackboneFiles Files { get; } = new(Name, typeof(MiniLMBackbone).Assembly.GetName().Name!,
        [BackboneFiles.Config, BackboneFiles.Weights, BackboneFiles.Vocabulary, BackboneFiles.TokenizerConfig], OpenResource);

    private static readonly Lazy<IBackbone> s_backbone = new(() => Backbone.Open(Files));

    /// <summary>Gives the model; it is read and packed at the first call, and shared by all that follow.</summary>
    /// <returns>The same object at every call.</returns>
    public static IBackbone Open() => s_backbone.Value;

    /// <summary>Describes the model without opening it.</summary>
    public static BackboneDescription Inspect() => BackboneInspection.Describe(Files);

    /// <summary>The runtime serves a resource from the assembly's own memory: nothing is copied.</summary>
    private static Stream OpenResource(string name) =>
        typeof(MiniLMBackbone).Assembly.GetManifestResourceStream(name)
        ?? throw new InvalidOperationException($"The assembly {typeof(MiniLMBackbone).Assembly} was built without its resource {name}.");
}
