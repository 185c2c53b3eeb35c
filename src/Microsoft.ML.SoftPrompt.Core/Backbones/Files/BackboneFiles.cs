namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The files that make up a backbone, wherever they lie: a folder, an assembly, a saved model.</summary>
/// <param name="Name">A name for people.</param>
/// <param name="Location">Where the files lie, for messages: a folder's path, or what holds them.</param>
/// <param name="Names">The files there are, of <see cref="All"/>.</param>
/// <param name="Open">Opens a file by its name.</param>
internal sealed record BackboneFiles(string Name, string Location, IReadOnlyList<string> Names, Func<string, Stream> Open)
{
    public const string Config = "config.json";
    public const string Weights = "model.safetensors";
    public const string Vocabulary = "vocab.txt";
    public const string TokenizerConfig = "tokenizer_config.json";
    public const string Tokenizer = "tokenizer.json";
    public const string BpeVocabulary = "vocab.json";
    public const string BpeMerges = "merges.txt";

    /// <summary>All that a backbone may consist of; the first two are indispensable.</summary>
    public static IReadOnlyList<string> All { get; } = [Config, Weights, Vocabulary, TokenizerConfig, Tokenizer, BpeVocabulary, BpeMerges];

    /// <summary>The files of a Hugging Face folder.</summary>
    public static BackboneFiles InFolder(string folder) => new(
        Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)),
        folder,
        [.. All.Where(name => File.Exists(Path.Combine(folder, name)))],
        name => File.OpenRead(Path.Combine(folder, name)));

    /// <summary>The path of a file, for messages.</summary>
    public string PathOf(string name) => Path.Combine(Location, name);

    public bool Has(string name) => Names.Contains(name);
}
