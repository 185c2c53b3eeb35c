using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>A file of weights in the safetensors format.</summary>
internal sealed class SafetensorsFile : WeightFile
{
    /// <summary>The longest header that the format's own library reads.</summary>
    private const long LongestHeader = 100_000_000;

    /// <summary>Bytes that tell the header's length.</summary>
    private const int LengthBytes = 8;

    private readonly Stream _stream;

    private SafetensorsFile(Stream stream, string name)
    {
        _stream = stream;
        Name = name;
        Tensors = ReadHeader();
    }

    public override string Name { get; }

    public override long Length => _stream.Length;

    public override IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="InvalidDataException">It is not a sound safetensors file; the message says what is wrong.</exception>
    public static SafetensorsFile Open(string path) => Open(File.OpenRead(path), path);

    /// <summary>As <see cref="Open(string)"/>, from a stream that can seek and begins with the file; it is disposed of with the file, or when it is refused.</summary>
    public static SafetensorsFile Open(Stream stream, string name)
    {
        try
        {
            return new SafetensorsFile(stream, name);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public override void Hash(IncrementalHash hash) => Hash(_stream, hash);

    /// <inheritdoc/>
    public override void ReadRaw(WeightTensor tensor, long from, Span<byte> destination)
    {
        CheckPart(tensor, tensor.Bytes, from, destination.Length);
        Fill(_stream, tensor, from, destination);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stream.Dispose();
        base.Dispose(disposing);
    }

    private Dictionary<string, WeightTensor> ReadHeader()
    {
        long size = _stream.Length;
        if (size < LengthBytes)
            throw new InvalidDataException($"'{Name}' has {size} bytes; a safetensors file begins with {LengthBytes} that give its header's length.");
        Span<byte> length = stackalloc byte[LengthBytes];
        _stream.Position = 0;
        _stream.ReadExactly(length);
        ulong header = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (header > (ulong)(size - LengthBytes))
        {
            throw new InvalidDataException(
                $"'{Name}' says that its header has {header} bytes, but only {size - LengthBytes} follow: it was cut, or it is not a safetensors file.");
        }
        if (header > LongestHeader)
            throw new InvalidDataException($"'{Name}' says that its header has {header} bytes; at most {LongestHeader} are read.");
        byte[] json = new byte[header];
        _stream.ReadExactly(json);
        long dataStart = LengthBytes + (long)header;
        return SafetensorsHeader.Parse(json, dataStart, size - dataStart, Name);
    }
}
