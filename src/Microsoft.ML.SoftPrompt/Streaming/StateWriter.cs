using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.SoftPrompt.Streaming;

/// <summary>Writes numbers and texts, little endian, and the SHA-256 of them all at the end.</summary>
internal sealed class StateWriter(Stream stream) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        _hash.AppendData(bytes);
    }

    // As everywhere in the product's files, of machines that are little endian.
    public void Write<T>(ReadOnlySpan<T> values)
        where T : unmanaged => Write(MemoryMarshal.AsBytes(values));

    public void Write(long value) => Write<long>([value]);

    public void Write(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Write(bytes.Length);
        Write(bytes);
    }

    /// <summary>A time as its kind and ticks; −1 and 0 for none.</summary>
    public void Write(DateTime? time)
    {
        Write(time is { } known ? (long)known.Kind : -1);
        Write(time?.Ticks ?? 0);
    }

    public void WriteHash() => stream.Write(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
