using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tensors;

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

    private static readonly Lazy<IBackbone>[] s_backbones = Array.ConvertAll(Enum.GetValues<WeightPrecision>(), precision => new Lazy<IBackbone>(() => Backbone.Open(Files, precision: precision)));

    /// <summary>Gives the model; it is read and packed at the first call, and shared by all that follow.</summary>
    /// <param name="precision">How the matrices of the layers are kept.</param>
    /// <returns>The same object at every call with the same precision.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such precision.</exception>
    public static IBackbone Open(WeightPrecision precision = WeightPrecision.Full)
    {
        Backbone.Check(precision);
        return s_backbones[(int)precision].Value;
    }

    /// <summary>Describes the model without opening it.</summary>
    /// <param name="precision">The precision that <see cref="BackboneDescription.MemoryBytes"/> is for.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such precision.</exception>
    public static BackboneDescription Inspect(WeightPrecision precision = WeightPrecision.Full)
    {
        Backbone.Check(precision);
        return BackboneInspection.Describe(Files, precision);
    }

    /// <summary>The runtime serves a resource from the assembly's own memory: nothing is copied.</summary>
    private static Stream OpenResource(string name) =>
        typeof(MiniLMBackbone).Assembly.GetManifestResourceStream(name)
        ?? throw new InvalidOperationException($"The assembly {typeof(MiniLMBackbone).Assembly} was built without its resource {name}.");
}
