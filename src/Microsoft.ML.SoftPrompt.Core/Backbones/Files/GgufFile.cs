using System.Security.Cryptography;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// A GGUF file of architecture llama, as a Hugging Face folder would have it: tensors under those names, with rows first and the rows of
/// queries and keys in their order, its metadata as a <c>config.json</c>, and its vocabulary.
/// </summary>
internal sealed class GgufFile : WeightFile
{
    private const string ArchitectureKey = "general.architecture";
    private const string VocabularyKey = "tokenizer.ggml.model";
    private const string TokensKey = "tokenizer.ggml.tokens";
    private const string MergesKey = "tokenizer.ggml.merges";
    private const string TokenTypesKey = "tokenizer.ggml.token_type";

    private readonly Stream _stream;
    private readonly byte[] _config;
    private readonly GgufLlama.Heads _heads;

    private GgufFile(Stream stream, string name)
    {
        _stream = stream;
        Name = name;
        GgufHeader header = new(stream, name, TokensKey, MergesKey, TokenTypesKey);
        string architecture = header.Text(ArchitectureKey) ?? throw new InvalidDataException($"'{name}' lacks the key '{ArchitectureKey}' in its metadata.");
        if (architecture != GgufLlama.Architecture)
            throw new NotSupportedException($"'{name}': {ArchitectureKey} is '{architecture}'; supported is {GgufLlama.Architecture}.");
        Tensors = header.Tensors.Select(tensor => tensor with
        {
            Name = GgufLlama.NameOf(tensor.Name)
                ?? throw new NotSupportedException($"'{name}' holds the tensor '{tensor.Name}' {tensor.ShapeText}, which is no part of a llama that the engine runs."),
        }).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        (_config, _heads) = GgufLlama.ReadConfig(header, Tensors, name);
        foreach (WeightTensor tensor in Tensors.Values)
        {
            int heads = GgufLlama.PermutedHeads(tensor.Name, _heads);
            if (heads > 0 && (tensor.Shape.Count != 2 || tensor.Shape[0] != (long)heads * _heads.Size))
                throw new InvalidDataException($"'{name}': tensor '{tensor.Name}' has the shape {tensor.ShapeText}; expected {(long)heads * _heads.Size} rows, {heads} heads of {_heads.Size}.");
        }
        Vocabulary = ReadVocabulary(header, Tensors[GgufLlama.Embedding].Shape[0]);
    }

    public override string Name { get; }

    public override long Length => _stream.Length;

    public override IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>Gets the vocabulary; null where the file has none.</summary>
    public GgufVocabulary? Vocabulary { get; }

    /// <summary>Opens a file and checks its header. The stream can seek; it is disposed of with the file, or when it is refused.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="name">Name for messages.</param>
    /// <exception cref="InvalidDataException">It is not a sound GGUF file; the message says what is wrong.</exception>
    /// <exception cref="NotSupportedException">It is of another version, architecture or type; the message names it.</exception>
    public static GgufFile Open(Stream stream, string name)
    {
        try
        {
            return new GgufFile(stream, name);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Gives the metadata as a <c>config.json</c>.</summary>
    public Stream OpenConfig() => new MemoryStream(_config, writable: false);

    public override void Hash(IncrementalHash hash) => Hash(_stream, hash);

    /// <inheritdoc/>
    public override void ReadRaw(WeightTensor tensor, long from, Span<byte> destination)
    {
        CheckPart(tensor, tensor.Bytes, from, destination.Length);
        if (GgufLlama.PermutedHeads(tensor.Name, _heads) == 0)
        {
            Fill(_stream, tensor, from, destination);
            return;
        }
        long rowBytes = tensor.Bytes / tensor.Shape[0];
        while (destination.Length > 0)
        {
            (long row, long within) = Math.DivRem(from, rowBytes);
            int count = (int)Math.Min(rowBytes - within, destination.Length);
            Fill(_stream, tensor, GgufLlama.StoredRow(row, _heads.Size) * rowBytes + within, destination[..count]);
            from += count;
            destination = destination[count..];
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stream.Dispose();
        base.Dispose(disposing);
    }

    private GgufVocabulary? ReadVocabulary(GgufHeader header, long rows)
    {
        if (header.Text(VocabularyKey) is not { } model || header.Texts(TokensKey) is not { } tokens)
            return null;
        if (tokens.Count > rows)
            throw new InvalidDataException($"'{Name}': {TokensKey} are {tokens.Count}, but tensor 'token_embd.weight' has {rows} rows.");
        return new GgufVocabulary(model, header.Text("tokenizer.ggml.pre"), tokens, header.Texts(MergesKey) ?? [], header.Wholes(TokenTypesKey) ?? []);
    }
}
