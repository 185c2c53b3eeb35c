using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.SoftPrompt.Streaming;

/// <summary>Reads what <see cref="StateWriter"/> wrote. A file is not trusted: no more memory is taken than it has bytes.</summary>
internal sealed class StateReader(Stream stream) : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Read(Span<byte> bytes)
    {
        try
        {
            stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("The detector's state is cut short: it ends before its last series. Take an earlier copy, or start without a state.", e);
        }
        _hash.AppendData(bytes);
    }

    public void Read<T>(Span<T> values)
        where T : unmanaged => Read(MemoryMarshal.AsBytes(values));

    public long ReadInt64(long smallest, long largest)
    {
        Span<long> value = stackalloc long[1];
        Read(value);
        return value[0] >= smallest && value[0] <= largest ? value[0] : throw Damaged($"the number {value[0]}", $"{smallest} to {largest}");
    }

    public byte[] ReadBytes(int mostBytes)
    {
        var bytes = new byte[ReadInt64(0, mostBytes)];
        Read(bytes);
        return bytes;
    }

    public string ReadKey()
    {
        try
        {
            string key = Utf8.GetString(ReadBytes(Encoding.UTF8.GetMaxByteCount(StreamingReading.MaxKeyLength)));
            return key.Length <= StreamingReading.MaxKeyLength ? key : throw Damaged($"a key of {key.Length} characters", $"at most {StreamingReading.MaxKeyLength}");
        }
        catch (DecoderFallbackException e)
        {
            throw Damaged("a key that is not UTF-8", "text", e);
        }
    }

    public DateTime? ReadTime()
    {
        long kind = ReadInt64(-1, (long)DateTimeKind.Local), ticks = ReadInt64(0, DateTime.MaxValue.Ticks);
        return kind < 0 ? null : new DateTime(ticks, (DateTimeKind)kind);
    }

    /// <summary>Checks that all that was read is what was written.</summary>
    public void CheckHash()
    {
        byte[] expected = _hash.GetHashAndReset();
        Span<byte> found = stackalloc byte[SHA256.HashSizeInBytes];
        Read(found);
        if (!found.SequenceEqual(expected))
            throw Damaged("another checksum than that of its content", "the same");
    }

    public static InvalidDataException Damaged(string found, string expected, Exception? inner = null) =>
        new($"The detector's state is damaged: it holds {found}; expected {expected}. Take an earlier copy, or start without a state.", inner);

    public void Dispose() => _hash.Dispose();
}
