namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The files that make up a backbone, wherever they lie: a folder, an assembly, a saved model.</summary>
/// <param name="Name">A name for people.</param>
/// <param name="Location">Where the files lie, for messages: a folder's path, a single file's own, or what holds them.</param>
/// <param name="Names">The files there are: of <see cref="All"/>, and shards.</param>
/// <param name="Open">Opens a file by its name, as a stream that can seek. It refuses a name that leads out of the location.</param>
internal sealed record BackboneFiles(string Name, string Location, IReadOnlyList<string> Names, Func<string, Stream> Open)
{
    public const string Config = "config.json";
    public const string Weights = "model.safetensors";
    public const string WeightIndex = "model.safetensors.index.json";

    /// <summary>A GGUF file, whatever its name on disk: it is its own configuration and vocabulary.</summary>
    public const string Gguf = "model.gguf";

    public const string Vocabulary = "vocab.txt";
    public const string TokenizerConfig = "tokenizer_config.json";
    public const string Tokenizer = "tokenizer.json";
    public const string BpeVocabulary = "vocab.json";
    public const string BpeMerges = "merges.txt";

    private const string ShardExtension = ".safetensors";
    private const string GgufExtension = ".gguf";

    /// <summary>How the names of Hugging Face's shards begin.</summary>
    private const string ShardPrefix = "model-";

    /// <summary>What a path must lead to, for messages.</summary>
    public const string Expected = $"a folder with {Config} and {Weights} (or {WeightIndex} and its shards), or a file whose name ends in {GgufExtension}";

    /// <summary>All that a backbone may consist of, its shards apart.</summary>
    public static IReadOnlyList<string> All { get; } = [Config, Weights, WeightIndex, Gguf, Vocabulary, TokenizerConfig, Tokenizer, BpeVocabulary, BpeMerges];

    /// <summary>The names of the files of weights that are there, in ordinal order.</summary>
    public IReadOnlyList<string> WeightNames => [.. Names.Where(name => name is Weights or Gguf || IsShard(name)).Order(StringComparer.Ordinal)];

    /// <summary>Gets the file's path, where there is but one file and it has another name.</summary>
    private string? SinglePath { get; init; }

    /// <summary>The files of a Hugging Face folder.</summary>
    public static BackboneFiles InFolder(string folder) => new(
        Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)),
        folder,
        [.. All.Where(name => name != Gguf && File.Exists(Path.Combine(folder, name))), .. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Where(IsShard)],
        name => File.OpenRead(name == Weights ? Path.Combine(folder, name) : WithinFolder(folder, name)));

    /// <summary>A single GGUF file.</summary>
    public static BackboneFiles OfGguf(string path) => new(Path.GetFileNameWithoutExtension(path), path, [Gguf], _ => File.OpenRead(path)) { SinglePath = path };

    /// <summary>Whether a path names a GGUF file.</summary>
    public static bool IsGguf(string path) => path.EndsWith(GgufExtension, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a name can be a shard's. Such names come out of files that are not trusted, so they are plain: letters, digits, dots, hyphens
    /// and underscores, which no system takes for a path.
    /// </summary>
    public static bool IsShard(string name) =>
        name.EndsWith(ShardExtension, StringComparison.Ordinal) && name != Weights && name[0] != '.' && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');

    /// <summary>Whether a name is such as Hugging Face gives a shard, so that an index beside it should name it.</summary>
    public static bool LooksLikeShard(string name) => IsShard(name) && name.StartsWith(ShardPrefix, StringComparison.Ordinal);

    /// <summary>The path of a file, for messages.</summary>
    public string PathOf(string name) => SinglePath ?? Path.Combine(Location, name);

    public bool Has(string name) => Names.Contains(name);

    /// <summary>Opens the weights, and leaves out the files that are not a part of the model.</summary>
    /// <returns>The weights, to be disposed of, and the files without other weights that lie beside them.</returns>
    /// <exception cref="FileNotFoundException">The weights or a shard are missing.</exception>
    /// <exception cref="InvalidDataException">A file of weights is damaged, or shards and index do not belong together.</exception>
    /// <exception cref="NotSupportedException">A file of weights is of a kind that is not read.</exception>
    public (WeightFile Weights, BackboneFiles Used) OpenWeights()
    {
        WeightFile weights = this switch
        {
            _ when Has(Gguf) => GgufFile.Open(Open(Gguf), PathOf(Gguf)),
            _ when Has(WeightIndex) && !Has(Weights) => ShardedWeights.Open(this),
            _ => SafetensorsFile.Open(OpenNeeded(Weights), PathOf(Weights)),
        };
        IEnumerable<string> used = weights switch
        {
            GgufFile => [Gguf],
            ShardedWeights sharded => [WeightIndex, .. sharded.ShardNames],
            _ => [Weights],
        };
        string[] others = [.. WeightNames.Append(WeightIndex).Except(used)];
        return (weights, this with { Names = [.. Names.Except(others)] });
    }

    /// <summary>Opens a file that must be there.</summary>
    /// <exception cref="FileNotFoundException">It is not.</exception>
    public Stream OpenNeeded(string name)
    {
        if (!Has(name))
            throw new FileNotFoundException($"'{Location}' holds no {name}; expected {Expected}.", PathOf(name));
        return Open(name);
    }

    /// <summary>
    /// The path of a shard, or of a configuration or vocabulary, which a model file may carry along. A link may end in the folder itself, or among the blobs of the Hugging Face cache (…/snapshots/HASH beside …/blobs)
    /// that the folder is a snapshot of.
    /// </summary>
    private static string WithinFolder(string folder, string name)
    {
        FileInfo file = new(Path.Combine(folder, name));
        if (file.ResolveLinkTarget(returnFinalTarget: true) is not { } target)
            return file.FullName;
        string home = Path.GetFullPath(Path.TrimEndingDirectorySeparator(folder)), end = Path.GetDirectoryName(target.FullName)!;
        string? snapshots = Path.GetDirectoryName(home);
        bool blob = Path.GetFileName(snapshots) == "snapshots" && end == Path.Combine(Path.GetDirectoryName(snapshots)!, "blobs");
        return end == home || blob
            ? target.FullName
            : throw new InvalidDataException($"'{file.FullName}' is a link to '{target.FullName}', outside its folder; put the file itself there.");
    }
}
