using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Opens language models.</summary>
public static class Backbone
{
    /// <summary>By full path or hash, and by precision.</summary>
    private static readonly Dictionary<(string Key, WeightPrecision Precision), WeakReference<IBackbone>> s_open = [];

    /// <summary>
    /// Opens a folder as Hugging Face lays it out, or a GGUF file of architecture <c>llama</c>. A folder holds <c>config.json</c>, the
    /// weights as <c>model.safetensors</c> or in shards with <c>model.safetensors.index.json</c>, and for text the tokenizer's files:
    /// <c>vocab.txt</c> with <c>tokenizer_config.json</c>, <c>tokenizer.json</c>, or <c>vocab.json</c> with <c>merges.txt</c>. The weights
    /// are read and packed and the files closed.
    /// </summary>
    /// <param name="path">The folder's path, or that of a file whose name ends in <c>.gguf</c>.</param>
    /// <param name="precision">
    /// How the matrices of the layers are kept; embeddings, norms and biases are not touched, and all arithmetic is in single precision. A
    /// prompt may be used in front of the same model in another precision: its fingerprint is the same.
    /// </param>
    /// <returns>
    /// The model; the same object for the same full path and precision while anyone uses it. It stays what it was when it was opened, whatever happens to
    /// its files; they are read anew once nobody uses it any more.
    /// </returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The GGUF file, the configuration, the weights or a shard are missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the files do not belong together; the message says which and how.</exception>
    /// <exception cref="NotSupportedException">The model is of a kind that the engine does not run; the message names the field.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such precision.</exception>
    public static IBackbone Open(string path, WeightPrecision precision = WeightPrecision.Full)
    {
        Check(precision);
        string full = FullPath(path);
        lock (s_open)
        {
            if (s_open.TryGetValue((full, precision), out WeakReference<IBackbone>? entry) && entry.TryGetTarget(out IBackbone? open))
                return open;
            IBackbone backbone = Open(FilesAt(full), precision: precision);
            s_open[(full, precision)] = new WeakReference<IBackbone>(backbone);
            return backbone;
        }
    }

    /// <summary>
    /// Describes a model without opening it: its configuration, its tokenizer and the headers of its weights are read and checked as
    /// <see cref="Open(string, WeightPrecision)"/> checks them; of the weights only the hash is taken.
    /// </summary>
    /// <param name="path">The path of a folder or of a GGUF file.</param>
    /// <param name="precision">The precision that <see cref="BackboneDescription.MemoryBytes"/> is for.</param>
    /// <returns>What the files say; where the model cannot be opened, its <see cref="BackboneDescription.Fault"/> says why.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">There is no such file, or the folder holds GGUF files alone.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such precision.</exception>
    public static BackboneDescription Inspect(string path, WeightPrecision precision = WeightPrecision.Full)
    {
        Check(precision);
        return BackboneInspection.Describe(FilesAt(FullPath(path)), precision);
    }

    /// <summary>
    /// Makes an implementation of one's own known, so that loading a saved model that was trained in front of it finds it by its
    /// <see cref="IBackbone.Fingerprint"/>. It is not kept alive.
    /// </summary>
    /// <param name="backbone">The implementation; hold it as long as models that need it may be loaded.</param>
    public static void Register(IBackbone backbone)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        lock (s_open)
            s_open[(backbone.Fingerprint.WeightsSha256, PrecisionOf(backbone))] = new WeakReference<IBackbone>(backbone);
    }

    /// <summary>The models that are open in this process.</summary>
    internal static IReadOnlyList<IBackbone> Opened
    {
        get
        {
            lock (s_open)
                return s_open.Values.Select(entry => entry.TryGetTarget(out IBackbone? backbone) ? backbone : null).OfType<IBackbone>().Distinct().ToArray();
        }
    }

    /// <summary>Opens a model from its files, or gives the one with these weights in this precision that is open already.</summary>
    /// <param name="files">The files; each is opened once and closed.</param>
    /// <param name="wanted">What the model must be.</param>
    /// <param name="precision">How its matrices are kept.</param>
    internal static IBackbone OpenShared(BackboneFiles files, BackboneFingerprint wanted, WeightPrecision precision)
    {
        lock (s_open)
        {
            if (Opened.FirstOrDefault(backbone => wanted.Matches(backbone.Fingerprint) && PrecisionOf(backbone) == precision) is { } open)
                return open;
            IBackbone backbone = Open(files, expectedSha256: wanted.WeightsSha256, precision: precision);
            s_open[(wanted.WeightsSha256, precision)] = new WeakReference<IBackbone>(backbone);
            return backbone;
        }
    }

    /// <summary>The files that a model was opened from; none for an implementation of the user's own.</summary>
    internal static BackboneFiles? FilesOf(IBackbone backbone) => (backbone as TransformerBackbone)?.Files;

    /// <summary>How a model keeps its matrices; an implementation of the user's own counts as full.</summary>
    internal static WeightPrecision PrecisionOf(IBackbone backbone) => (backbone as TransformerBackbone)?.Precision ?? WeightPrecision.Full;

    /// <summary>Whether a position sees none behind it: so in the engine's decoders. Of an implementation of the user's own it is not known.</summary>
    internal static bool IsCausal(IBackbone backbone) => backbone is TransformerBackbone { IsCausal: true };

    /// <summary>Opens a model from its files, uncached.</summary>
    /// <param name="files">The files; each is opened once and closed.</param>
    /// <param name="kernels">The kernels to run on; the best there are when null.</param>
    /// <param name="expectedSha256">What the weights must hash to, or null.</param>
    /// <param name="precision">How the matrices are kept.</param>
    internal static IBackbone Open(BackboneFiles files, Kernels? kernels = null, string? expectedSha256 = null, WeightPrecision precision = WeightPrecision.Full)
    {
        (WeightFile weights, BackboneFiles used) = files.OpenWeights();
        using (weights)
        {
            HuggingFaceConfig config = ReadConfig(files, weights);
            TransformerFamily family = TransformerFamily.Of(config);
            TransformerShape shape = family.Shape(config);
            IBackboneTokenizer? tokenizer = OpenTokenizer(used, weights, shape.VocabularySize);
            string sha256 = weights.Sha256();
            if (expectedSha256 is not null && !string.Equals(expectedSha256, sha256, StringComparison.OrdinalIgnoreCase))
                throw new InvalidDataException($"'{weights.Name}' has the SHA-256 {sha256}; expected {expectedSha256}. These are the weights of another model.");
            BackboneFingerprint fingerprint = new(files.Name, shape.Family, shape.Layers.Count, shape.HiddenSize, shape.VocabularySize, sha256);
            return new TransformerBackbone(fingerprint, shape, family.Tensors(shape), weights, tokenizer, kernels ?? Kernels.Best, precision) { Files = used };
        }
    }

    /// <summary>Refuses a precision that there is not.</summary>
    internal static void Check(WeightPrecision precision)
    {
        if (!Enum.IsDefined(precision))
            throw new ArgumentOutOfRangeException(nameof(precision), precision, $"Expected one of {string.Join(", ", Enum.GetNames<WeightPrecision>())}.");
    }

    private static string FullPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return string.IsNullOrWhiteSpace(path)
            ? throw new ArgumentException($"The path of the model is empty; expected {BackboneFiles.Expected}.", nameof(path))
            : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
    }

    /// <summary>The files at a full path, and the errors of a path that leads to no model.</summary>
    private static BackboneFiles FilesAt(string path)
    {
        if (Directory.Exists(path))
        {
            BackboneFiles folder = BackboneFiles.InFolder(path);
            // Such folders often hold the same model at several precisions, so none is taken unasked.
            return folder.WeightNames.Count == 0 && Directory.EnumerateFiles(path).Where(BackboneFiles.IsGguf).Order(StringComparer.Ordinal).FirstOrDefault() is { } gguf
                ? throw new FileNotFoundException($"'{path}' holds no {BackboneFiles.Weights}, but a GGUF file. Give the path of that file: '{gguf}'.", gguf)
                : folder;
        }
        if (!BackboneFiles.IsGguf(path))
        {
            throw File.Exists(path)
                ? new NotSupportedException($"'{path}' is a file; expected {BackboneFiles.Expected}.")
                : new DirectoryNotFoundException($"There is no folder '{path}'; expected {BackboneFiles.Expected}.");
        }
        return File.Exists(path) ? BackboneFiles.OfGguf(path) : throw new FileNotFoundException($"There is no file '{path}'; expected {BackboneFiles.Expected}.", path);
    }

    /// <summary>Reads and checks the configuration; a GGUF file is its own.</summary>
    internal static HuggingFaceConfig ReadConfig(BackboneFiles files, WeightFile weights)
    {
        using Stream stream = weights is GgufFile gguf ? gguf.OpenConfig() : files.OpenNeeded(BackboneFiles.Config);
        return HuggingFaceConfig.Read(stream, files.PathOf(weights is GgufFile ? BackboneFiles.Gguf : BackboneFiles.Config));
    }

    /// <summary>A GGUF file is its own tokenizer; a folder's is the first that lies there.</summary>
    internal static IBackboneTokenizer? OpenTokenizer(BackboneFiles files, WeightFile weights, int rows)
    {
        if (weights is not GgufFile gguf)
            return BackboneTokenizers.Open(files, rows);
        return gguf.Vocabulary is { } vocabulary
            ? BackboneTokenizers.FromLists(gguf.Name, vocabulary.Model, vocabulary.PreTokenizer, vocabulary.Tokens, vocabulary.Merges, vocabulary.TokenTypes, rows)
            : null;
    }
}
