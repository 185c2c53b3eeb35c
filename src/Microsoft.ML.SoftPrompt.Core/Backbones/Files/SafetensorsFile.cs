using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>A file of weights in the safetensors format.</summary>
internal sealed class SafetensorsFile : WeightFile
{
    /// <summary>The longest header that the format's own library reads.</summary>
    private const long LongestHeader = 100_000_000;

    /// <summary>Bytes that tell the header's length.</summary>
    private const int LengthBytes = 8;

    /// <summary>Numbers read and widened at a time.</summary>
    private const int ChunkNumbers = 1 << 16;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly byte[] _chunk = new byte[ChunkNumbers * sizeof(float)];

    private SafetensorsFile(Stream stream, string name, bool leaveOpen)
    {
        _stream = stream;
        _leaveOpen = leaveOpen;
        Name = name;
        Tensors = ReadHeader();
    }

    public override string Name { get; }

    public override IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="InvalidDataException">It is not a sound safetensors file; the message says what is wrong.</exception>
    public static SafetensorsFile Open(string path)
    {
        FileStream stream = File.OpenRead(path);
        try
        {
            return new SafetensorsFile(stream, path, leaveOpen: false);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="Open(string)"/>, from a stream that can seek and begins with the file. The stream is left open.</summary>
    public static SafetensorsFile Open(Stream stream, string name)
    {
        if (!stream.CanSeek)
            throw new ArgumentException($"The stream of '{name}' cannot seek; copy it into memory first.", nameof(stream));
        return new SafetensorsFile(stream, name, leaveOpen: true);
    }

    public override string Sha256()
    {
        _stream.Position = 0;
        return Convert.ToHexStringLower(SHA256.HashData(_stream));
    }

    /// <inheritdoc/>
    public override void Read(WeightTensor tensor, long from, Span<float> destination)
    {
        CheckPart(tensor, tensor.Count, from, destination.Length);
        int size = FloatSize(tensor);
        _stream.Position = tensor.Offset + from * size;
        for (int at = 0; at < destination.Length; at += ChunkNumbers)
        {
            Span<float> part = destination[at..Math.Min(at + ChunkNumbers, destination.Length)];
            Span<byte> bytes = size == sizeof(float) ? MemoryMarshal.AsBytes(part) : _chunk.AsSpan(0, part.Length * size);
            Fill(bytes, tensor);
            Widen(tensor.Type, bytes, part);
            CheckFinite(tensor, part, from + at);
        }
    }

    /// <summary>Refuses a number that is not finite in bytes that were read with <see cref="ReadRaw"/>.</summary>
    public void CheckFinite(WeightTensor tensor, ReadOnlySpan<byte> bytes)
    {
        int size = FloatSize(tensor);
        Span<float> numbers = MemoryMarshal.Cast<byte, float>(_chunk.AsSpan());
        for (int from = 0; from < bytes.Length; from += ChunkNumbers * size)
        {
            ReadOnlySpan<byte> part = bytes[from..Math.Min(from + ChunkNumbers * size, bytes.Length)];
            Span<float> widened = numbers[..(part.Length / size)];
            if (size == sizeof(float))
                part.CopyTo(MemoryMarshal.AsBytes(widened));
            else
                Widen(tensor.Type, part, widened);
            CheckFinite(tensor, widened, from / size);
        }
    }

    /// <inheritdoc/>
    public override void ReadRaw(WeightTensor tensor, long from, Span<byte> destination)
    {
        CheckPart(tensor, tensor.Bytes, from, destination.Length);
        _stream.Position = tensor.Offset + from;
        Fill(destination, tensor);
    }

    /// <summary>Bytes of a number of a floating-point tensor; other types are refused.</summary>
    public int FloatSize(WeightTensor tensor) => tensor.Type switch
    {
        "F32" => 4,
        "F16" or "BF16" => 2,
        _ => throw new InvalidDataException($"'{Name}': tensor '{tensor.Name}' is of type {tensor.Type}; weights are read as F32, F16 or BF16."),
    };

    /// <summary>Widens numbers that were stored as the given type; F32 must already be in place.</summary>
    public static void Widen(string type, ReadOnlySpan<byte> bytes, Span<float> destination)
    {
        if (type == "F16")
            HalfPrecision.Widen(MemoryMarshal.Cast<byte, ushort>(bytes), destination);
        else if (type == "BF16")
            HalfPrecision.WidenBrain(MemoryMarshal.Cast<byte, ushort>(bytes), destination);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_leaveOpen)
            _stream.Dispose();
        base.Dispose(disposing);
    }

    private static void CheckPart(WeightTensor tensor, long size, long from, long count)
    {
        if (from < 0 || count > size - from)
            throw new ArgumentOutOfRangeException(nameof(from), $"Tensor '{tensor.Name}' has {size} elements; {count} from {from} on were asked for.");
    }

    private void CheckFinite(WeightTensor tensor, ReadOnlySpan<float> numbers, long from)
    {
        // 0 · x is 0 for a finite x and NaN for any other, and a NaN stays in the sum.
        Vector<float> sum = Vector<float>.Zero;
        int i = 0;
        for (; i <= numbers.Length - Vector<float>.Count; i += Vector<float>.Count)
            sum += new Vector<float>(numbers[i..]) * 0f;
        bool finite = Vector.Sum(sum) == 0;
        for (; i < numbers.Length; i++)
            finite &= float.IsFinite(numbers[i]);
        if (finite)
            return;
        i = 0;
        while (float.IsFinite(numbers[i]))
            i++;
        throw new InvalidDataException(FormattableString.Invariant(
            $"'{Name}': tensor '{tensor.Name}' holds {numbers[i]} at index {from + i}; weights are finite numbers."));
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

    private void Fill(Span<byte> bytes, WeightTensor tensor)
    {
        try
        {
            _stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidDataException($"'{Name}' ended within tensor '{tensor.Name}': it was cut while it was being read.", exception);
        }
    }
}
