using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>What a <c>tokenizer_config.json</c> says that the other files of a tokenizer leave open.</summary>
/// <param name="LowerCase"><c>do_lower_case</c>; true where it is not given.</param>
/// <param name="TokenizerClass"><c>tokenizer_class</c>; null where it is not given.</param>
internal sealed record TokenizerSettings(bool LowerCase, string? TokenizerClass)
{
    /// <summary>Chat templates and added tokens make the largest; some have a megabyte.</summary>
    private const int LargestFile = 1 << 24;

    /// <summary>Reads the settings of a model; the defaults where it has no such file.</summary>
    /// <exception cref="InvalidDataException">The file is not JSON, or a field has a value of the wrong kind.</exception>
    public static TokenizerSettings Read(BackboneFiles files)
    {
        if (!files.Has(BackboneFiles.TokenizerConfig))
            return new TokenizerSettings(LowerCase: true, TokenizerClass: null);
        using Stream stream = files.Open(BackboneFiles.TokenizerConfig);
        string file = files.PathOf(BackboneFiles.TokenizerConfig);
        using JsonDocument document = JsonFile.ReadObject(stream, file, LargestFile);
        JsonFields root = new(document.RootElement, "", file);
        return new TokenizerSettings(root.Flag("do_lower_case", true), root.Text("tokenizer_class"));
    }
}
