using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Persistence;

/// <summary>A stage's kind in a model file: what is written in its header, and what a reader of it can read.</summary>
/// <param name="ModelSignature">Exactly 8 characters.</param>
/// <param name="LoaderSignature">At most 24 characters; also in the assembly's LoadableClass attribute.</param>
/// <param name="Version">Version of the stage's streams; a file with a higher one is refused.</param>
internal sealed record ModelKind(string ModelSignature, string LoaderSignature, uint Version)
{
    public VersionInfo ToVersionInfo() => new(
        modelSignature: ModelSignature,
        verWrittenCur: Version,
        verReadableCur: Version,
        verWeCanReadBack: 1,
        loaderAssemblyName: typeof(ModelKind).Assembly.FullName,
        loaderSignature: LoaderSignature);
}

/// <summary>Writes a stage's streams beside its key in the model's zip.</summary>
internal sealed class ModelStreamWriter
{
    private readonly ModelSaveContext _context;

    public ModelStreamWriter(ModelSaveContext context, ModelKind kind)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel();
        context.SetVersionInfo(kind.ToVersionInfo());
        _context = context;
    }

    public void Write(string name, Action<Stream> write) =>
        _context.SaveBinaryStream(name, writer =>
        {
            writer.Flush();
            write(writer.BaseStream);
        });

    public void WriteJson<T>(string name, T value, JsonTypeInfo<T> shape) => Write(name, stream => JsonSerializer.Serialize(stream, value, shape));
}

/// <summary>Reads a stage's streams; a file is not trusted, and every error names the stream.</summary>
internal sealed class ModelStreamReader
{
    // Options and histories are a few kilobytes; ranges of a million groups are tens of megabytes.
    private const int LongestJson = 256 << 20;

    private readonly ModelLoadContext _context;
    private readonly ModelKind _kind;

    public ModelStreamReader(ModelLoadContext context, ModelKind kind)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _kind = kind;
        context.CheckAtModel(kind.ToVersionInfo());
    }

    public bool TryRead(string name, Action<Stream> read) => _context.TryLoadBinaryStream(name, reader => read(reader.BaseStream));

    public void Read(string name, Action<Stream> read)
    {
        if (!TryRead(name, read))
            throw new InvalidDataException($"The model file has no stream '{name}' for its {_kind.LoaderSignature} stage: it is cut short or was changed. Save the model again.");
    }

    public T ReadJson<T>(string name, JsonTypeInfo<T> shape)
    {
        T? value = default;
        Read(name, stream =>
        {
            ReadOnlyMemory<byte> json = JsonFile.ReadBytes(stream, $"{name} of the model file", LongestJson);
            try
            {
                value = JsonSerializer.Deserialize(json.Span, shape);
            }
            catch (JsonException e)
            {
                throw new InvalidDataException($"Stream '{name}' of the model file is not what the {_kind.LoaderSignature} stage writes: {e.Message}", e);
            }
        });
        return value ?? throw new InvalidDataException($"Stream '{name}' of the model file is empty.");
    }
}
