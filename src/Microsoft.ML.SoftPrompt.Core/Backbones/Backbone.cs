using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Opens language models.</summary>
public static class Backbone
{
    private static readonly Dictionary<string, WeakReference<IBackbone>> s_open = new(StringComparer.Ordinal);

    /// <summary>
    /// Opens a folder as Hugging Face lays it out: <c>config.json</c>, <c>model.safetensors</c>, and for text <c>vocab.txt</c> and
    /// <c>tokenizer_config.json</c>. The weights are read and packed and the files closed; a folder that is already open is not read again.
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
            if (!Directory.Exists(path))
                throw new DirectoryNotFoundException($"There is no folder '{path}'; expected a folder with {BackboneFiles.Config} and {BackboneFiles.Weights}.");
            IBackbone backbone = Open(BackboneFiles.InFolder(path));
            s_open[path] = new WeakReference<IBackbone>(backbone);
            return backbone;
        }
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
    internal static BackboneFiles? FilesOf(IBackbone backbone) => (backbone as TransformerBackbone)?.Files;

    /// <summary>Opens a model from its files, uncached.</summary>
    /// <param name="files">The files; each is opened once and closed.</param>
    /// <param name="kernels">The kernels to run on; the best there are when null.</param>
    /// <param name="expectedSha256">What the weights must hash to, or null.</param>
    internal static IBackbone Open(BackboneFiles files, Kernels? kernels = null, string? expectedSha256 = null)
    {
        foreach (string needed in (string[])[BackboneFiles.Config, BackboneFiles.Weights])
        {
            if (!files.Has(needed))
                throw new FileNotFoundException($"'{files.Location}' holds no {needed}; expected {BackboneFiles.Config} and {BackboneFiles.Weights}.", files.PathOf(needed));
        }
        using Stream configStream = files.Open(BackboneFiles.Config);
        HuggingFaceConfig config = HuggingFaceConfig.Read(configStream, files.PathOf(BackboneFiles.Config));
        TransformerFamily family = TransformerFamily.Of(config);
        TransformerShape shape = family.Shape(config);
        IBackboneTokenizer? tokenizer = OpenTokenizer(files);
        using Stream weightStream = Seekable(files.Open(BackboneFiles.Weights));
        using SafetensorsFile weights = SafetensorsFile.Open(weightStream, files.PathOf(BackboneFiles.Weights));
        string sha256 = weights.Sha256();
        if (expectedSha256 is not null && !string.Equals(expectedSha256, sha256, StringComparison.OrdinalIgnoreCase))
            throw new InvalidDataException($"'{weights.Name}' has the SHA-256 {sha256}; expected {expectedSha256}. These are the weights of another model.");
        BackboneFingerprint fingerprint = new(files.Name, shape.Family, shape.Layers.Count, shape.HiddenSize, shape.VocabularySize, sha256);
        return new TransformerBackbone(fingerprint, shape, family.Tensors(shape), weights, tokenizer, kernels ?? Kernels.Best) { Files = files };
    }

    private static WordPieceTokenizer? OpenTokenizer(BackboneFiles files)
    {
        if (!files.Has(BackboneFiles.Vocabulary))
            return null;
        bool lowerCase = true;
        if (files.Has(BackboneFiles.TokenizerConfig))
        {
            using Stream settings = files.Open(BackboneFiles.TokenizerConfig);
            lowerCase = TokenizerSettings.ReadLowerCase(settings, files.PathOf(BackboneFiles.TokenizerConfig));
        }
        using Stream vocabulary = files.Open(BackboneFiles.Vocabulary);
        return new WordPieceTokenizer(vocabulary, lowerCase, files.PathOf(BackboneFiles.Vocabulary));
    }

    /// <summary>A zip's entry cannot seek; its bytes are taken into memory first.</summary>
    private static Stream Seekable(Stream stream)
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
