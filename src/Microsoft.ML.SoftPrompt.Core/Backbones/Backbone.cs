using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Opens language models.</summary>
public static class Backbone
{
    private static readonly Dictionary<string, WeakReference<IBackbone>> s_open = new(StringComparer.Ordinal);

    /// <summary>
    /// Opens a folder as Hugging Face lays it out: <c>config.json</c>, <c>model.safetensors</c>, and the tokenizer's files: <c>vocab.txt</c>
    /// with <c>tokenizer_config.json</c>, <c>tokenizer.json</c>, or <c>vocab.json</c> with <c>merges.txt</c>. The weights are read and packed and the files closed; a folder that is already open is not read again.
    /// </summary>
    /// <param name="folder">The folder's path.</param>
    /// <returns>The model; the same object for the same full path while anyone uses it.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The configuration or the weights are missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the files do not belong together; the message says which and how.</exception>
    /// <exception cref="NotSupportedException">The model is of a kind that the engine does not run.</exception>
    public static IBackbone Open(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        lock (s_open)
        {
            if (s_open.TryGetValue(path, out WeakReference<IBackbone>? entry) && entry.TryGetTarget(out IBackbone? open))
                return open;
            IBackbone backbone = Open(FilesAt(path));
            s_open[path] = new WeakReference<IBackbone>(backbone);
            return backbone;
        }
    }

    /// <summary>
    /// Describes a model without opening it: its configuration, its tokenizer and the headers of its weights are read and checked as
    /// <see cref="Open(string)"/> checks them; of the weights only the hash is taken.
    /// </summary>
    /// <param name="folder">The folder's path.</param>
    /// <returns>What the files say; where the model cannot be opened, its <see cref="BackboneDescription.Fault"/> says why.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static BackboneDescription Inspect(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        return BackboneInspection.Describe(FilesAt(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))));
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
            s_open[backbone.Fingerprint.WeightsSha256] = new WeakReference<IBackbone>(backbone);
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

    /// <summary>Opens a model from its files, or gives the one with these weights that is open already.</summary>
    /// <param name="files">The files; each is opened once and closed.</param>
    /// <param name="wanted">What the model must be.</param>
    internal static IBackbone OpenShared(BackboneFiles files, BackboneFingerprint wanted)
    {
        lock (s_open)
        {
            if (Opened.FirstOrDefault(backbone => wanted.Matches(backbone.Fingerprint)) is { } open)
                return open;
            IBackbone backbone = Open(files, expectedSha256: wanted.WeightsSha256);
            s_open[wanted.WeightsSha256] = new WeakReference<IBackbone>(backbone);
            return backbone;
        }
    }

    /// <summary>The files that a model was opened from; none for an implementation of the user's own.</summary>
    internal static BackboneFiles? FilesOf(IBackbone backbone) => (backbone as BertBackbone)?.Files;

    /// <summary>Opens a model from its files, uncached.</summary>
    /// <param name="files">The files; each is opened once and closed.</param>
    /// <param name="kernels">The kernels to run on; the best there are when null.</param>
    /// <param name="expectedSha256">What the weights must hash to, or null.</param>
    internal static IBackbone Open(BackboneFiles files, Kernels? kernels = null, string? expectedSha256 = null)
    {
        CheckNeeded(files);
        HuggingFaceConfig config = ReadConfig(files);
        IBackboneTokenizer? tokenizer = BackboneTokenizers.Open(files, config.VocabularySize);
        using Stream weightStream = Seekable(files.Open(BackboneFiles.Weights));
        using SafetensorsFile weights = SafetensorsFile.Open(weightStream, files.PathOf(BackboneFiles.Weights));
        string sha256 = weights.Sha256();
        if (expectedSha256 is not null && !string.Equals(expectedSha256, sha256, StringComparison.OrdinalIgnoreCase))
            throw new InvalidDataException($"'{weights.Name}' has the SHA-256 {sha256}; expected {expectedSha256}. These are the weights of another model.");
        BackboneFingerprint fingerprint = new(files.Name, config.ModelType, config.Layers, config.HiddenSize, config.VocabularySize, sha256);
        return new BertBackbone(fingerprint, config, weights, tokenizer, kernels ?? Kernels.Best) { Files = files };
    }

    /// <summary>Checks that the files are there without which there is no model.</summary>
    internal static void CheckNeeded(BackboneFiles files)
    {
        foreach (string needed in (string[])[BackboneFiles.Config, BackboneFiles.Weights])
        {
            if (!files.Has(needed))
                throw new FileNotFoundException($"'{files.Location}' holds no {needed}; expected {BackboneFiles.Config} and {BackboneFiles.Weights}.", files.PathOf(needed));
        }
    }

    /// <summary>Reads and checks the configuration.</summary>
    internal static HuggingFaceConfig ReadConfig(BackboneFiles files)
    {
        using Stream stream = files.Open(BackboneFiles.Config);
        return HuggingFaceConfig.Read(stream, files.PathOf(BackboneFiles.Config));
    }

    private static BackboneFiles FilesAt(string path) => Directory.Exists(path)
        ? BackboneFiles.InFolder(path)
        : throw new DirectoryNotFoundException($"There is no folder '{path}'; expected a folder with {BackboneFiles.Config} and {BackboneFiles.Weights}.");

    /// <summary>A zip's entry cannot seek; its bytes are taken into memory first.</summary>
    internal static Stream Seekable(Stream stream)
    {
        if (stream.CanSeek)
            return stream;
        using (stream)
        {
            MemoryStream copy = new();
            stream.CopyTo(copy);
            return copy;
        }
    }
}
