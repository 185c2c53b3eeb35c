using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Named tensors of a model, in one file or several. Read with ordinary reads, never mapped: a file cut short while it is open is an exception, not a crash.</summary>
internal abstract class WeightFile : IDisposable
{
    /// <summary>Numbers read and widened at a time; a multiple of every type's block.</summary>
    private const int ChunkNumbers = 1 << 16;

    /// <summary>Bytes hashed at a time.</summary>
    private const int HashBytes = 1 << 18;

    /// <summary>Stored numbers on the way to singles, or singles on the way to being checked.</summary>
    private byte[]? _chunk;

    /// <summary>Gets the name for messages.</summary>
    public abstract string Name { get; }

    /// <summary>Gets the bytes of all files together.</summary>
    public abstract long Length { get; }

    /// <summary>Gets the tensors by name.</summary>
    public abstract IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    private byte[] Chunk => _chunk ??= new byte[ChunkNumbers * sizeof(float)];

    /// <summary>The SHA-256 of all bytes, those of several files in the ordinal order of their names; 64 lower-case hexadecimal digits.</summary>
    public string Sha256()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Hash(hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Reads bytes of a tensor as they are stored.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <param name="from">The first byte to read.</param>
    /// <param name="destination">Room for the bytes to read.</param>
    /// <exception cref="InvalidDataException">The file ends early.</exception>
    public abstract void ReadRaw(WeightTensor tensor, long from, Span<byte> destination);

    /// <summary>Reads a tensor of weights, or a part of it, widened to singles.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <param name="from">The first number to read; a multiple of the type's block.</param>
    /// <param name="destination">Room for the numbers to read; whole blocks.</param>
    /// <exception cref="InvalidDataException">It is of another type, or holds a number that is not finite, or the file ends early.</exception>
    public void Read(WeightTensor tensor, long from, Span<float> destination)
    {
        CheckIsWeight(tensor);
        CheckPart(tensor, tensor.Count, from, destination.Length);
        int block = NumberTypes.BlockNumbers(tensor.Type);
        if (from % block != 0 || destination.Length % block != 0)
            throw new ArgumentException($"Tensor '{tensor.Name}' is stored in blocks of {block} numbers; {destination.Length} from {from} on were asked for.", nameof(from));
        for (int at = 0; at < destination.Length; at += ChunkNumbers)
        {
            Span<float> part = destination[at..Math.Min(at + ChunkNumbers, destination.Length)];
            long first = NumberTypes.BytesOf(tensor.Type, from + at);
            if (tensor.Type == "F32")
            {
                ReadRaw(tensor, first, MemoryMarshal.AsBytes(part));
            }
            else
            {
                Span<byte> bytes = Chunk.AsSpan(0, (int)NumberTypes.BytesOf(tensor.Type, part.Length));
                ReadRaw(tensor, first, bytes);
                NumberTypes.Widen(tensor.Type, bytes, part);
            }
            CheckFinite(tensor, part, from + at);
        }
    }

    /// <summary>Reads a whole tensor.</summary>
    public void Read(WeightTensor tensor, Span<float> destination)
    {
        if (tensor.Count != destination.Length)
            throw new ArgumentException($"Tensor '{tensor.Name}' has {tensor.Count} numbers, the destination {destination.Length}.", nameof(destination));
        Read(tensor, 0, destination);
    }

    /// <summary>Refuses a tensor of a type that weights are not read from.</summary>
    /// <exception cref="InvalidDataException">It is such a tensor.</exception>
    public void CheckIsWeight(WeightTensor tensor)
    {
        if (!NumberTypes.IsWeight(tensor.Type))
            throw new InvalidDataException($"'{Name}': tensor '{tensor.Name}' is of type {tensor.Type}; weights are read as {NumberTypes.WeightNames}.");
    }

    /// <summary>Refuses a number that is not finite in bytes that were read with <see cref="ReadRaw"/>.</summary>
    /// <param name="tensor">The tensor they belong to.</param>
    /// <param name="bytes">Whole blocks.</param>
    /// <param name="from">Where in the tensor they begin, in bytes.</param>
    /// <exception cref="InvalidDataException">There is such a number.</exception>
    public void CheckFinite(WeightTensor tensor, ReadOnlySpan<byte> bytes, long from = 0)
    {
        CheckIsWeight(tensor);
        (int block, int blockBytes) = (NumberTypes.BlockNumbers(tensor.Type), NumberTypes.BlockBytes(tensor.Type));
        Span<float> numbers = MemoryMarshal.Cast<byte, float>(Chunk.AsSpan());
        int step = ChunkNumbers / block * blockBytes;
        for (int at = 0; at < bytes.Length; at += step)
        {
            ReadOnlySpan<byte> part = bytes[at..Math.Min(at + step, bytes.Length)];
            Span<float> widened = numbers[..(part.Length / blockBytes * block)];
            NumberTypes.Widen(tensor.Type, part, widened);
            CheckFinite(tensor, widened, (from + at) / blockBytes * block);
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes all bytes into the hash.</summary>
    public abstract void Hash(IncrementalHash hash);

    protected static void Hash(Stream stream, IncrementalHash hash)
    {
        byte[] part = new byte[Math.Min(stream.Length, HashBytes)];
        stream.Position = 0;
        for (int read; (read = stream.Read(part)) > 0;)
            hash.AppendData(part, 0, read);
    }

    /// <summary>Refuses a part that is not within the tensor: a fault of the caller.</summary>
    protected static void CheckPart(WeightTensor tensor, long size, long from, long count)
    {
        if (from < 0 || count > size - from)
            throw new ArgumentOutOfRangeException(nameof(from), $"Tensor '{tensor.Name}' has {size} elements; {count} from {from} on were asked for.");
    }

    /// <summary>Reads a part of a tensor that lies in a stream.</summary>
    protected void Fill(Stream stream, WeightTensor tensor, long from, Span<byte> destination)
    {
        try
        {
            stream.Position = tensor.Offset + from;
            stream.ReadExactly(destination);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidDataException($"'{Name}' ended within tensor '{tensor.Name}': it was cut while it was being read.", exception);
        }
    }

    protected virtual void Dispose(bool disposing)
    {
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
}
