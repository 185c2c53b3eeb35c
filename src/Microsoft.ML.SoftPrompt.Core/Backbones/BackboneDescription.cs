using System.Collections.ObjectModel;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// What the files of a model say about it, read without opening it: <see cref="Backbone.Inspect(string, WeightPrecision)"/>. A size that the files do not state, or
/// that comes behind the fault, is null.
/// </summary>
public sealed record BackboneDescription
{
    /// <summary>Gets the name, that of the folder or file.</summary>
    public required string Name { get; init; }

    /// <summary>Gets where the files lie: a folder's path, a GGUF file's own, or the name of an assembly.</summary>
    public required string Location { get; init; }

    /// <summary>Gets what stands in the way of opening it: the message of <see cref="Backbone.Open(string, WeightPrecision)"/>, which names file and field; null where it opens.</summary>
    public string? Fault { get; init; }

    /// <summary>Gets the architecture as the configuration writes it, e.g. <c>bert</c>.</summary>
    public string? Family { get; init; }

    /// <summary>Gets the number of layers.</summary>
    public int? Layers { get; init; }

    /// <summary>Gets the components of a row.</summary>
    public int? HiddenSize { get; init; }

    /// <summary>Gets the attention heads.</summary>
    public int? Heads { get; init; }

    /// <summary>Gets the heads of keys and values, where they are fewer.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>Gets the width of the feed-forward part.</summary>
    public int? IntermediateSize { get; init; }

    /// <summary>Gets the positions that a series may take, the prompt included.</summary>
    public int? MaxPositions { get; init; }

    /// <summary>Gets the rows of the embedding.</summary>
    public int? VocabularySize { get; init; }

    /// <summary>Gets how text becomes pieces: <c>WordPiece</c>, <c>byte-level BPE</c>, <c>numerals only</c>; null without a tokenizer.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>Gets the number n of numerals 0 … n − 1 that are single pieces each.</summary>
    public int? WholeNumerals { get; init; }

    /// <summary>Gets whether a digit is a piece, padded with zeros to the width of the largest numeral, where that exceeds the single pieces.</summary>
    public bool? PadsDigits { get; init; }

    /// <summary>Gets the numbers in all tensors of the files.</summary>
    public long? Parameters { get; init; }

    /// <summary>Gets how many numbers are stored of each type, e.g. <c>F16</c>.</summary>
    public IReadOnlyDictionary<string, long> NumberTypes { get; init; } = ReadOnlyDictionary<string, long>.Empty;

    /// <summary>Gets the bytes of the files of weights.</summary>
    public long? FileBytes { get; init; }

    /// <summary>Gets how the matrices of the layers would be kept, which <see cref="MemoryBytes"/> and <see cref="TrainingBytes"/> count.</summary>
    public WeightPrecision Precision { get; init; }

    /// <summary>
    /// Gets about how many bytes the engine keeps in memory while the model is open: the embedding as it is stored, the matrices of the
    /// layers as <see cref="Precision"/> says, all else in single precision. Scratch memory, which grows with the length of the series, comes to it.
    /// </summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Gets about how many bytes training adds: the matrices of the layers a second time, transposed.</summary>
    public long? TrainingBytes { get; init; }

    /// <summary>Gets the SHA-256 of the weights, as the fingerprint has it.</summary>
    public string? WeightsSha256 { get; init; }
}
