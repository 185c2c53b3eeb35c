using System.Buffers.Binary;
using System.Text;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Reads the fields of a GGUF header in order. Every length and count is held against what the file still has before anything is allocated for it.</summary>
internal sealed class GgufReader
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Stream _stream;
    private readonly string _file;
    private byte[] _bytes = new byte[256];

    public GgufReader(Stream stream, string file)
    {
        _stream = stream;
        _file = file;
        Length = stream.Length;
        _stream.Position = 0;
    }

    /// <summary>Gets the file's bytes.</summary>
    public long Length { get; }

    /// <summary>Gets the offset of the next field.</summary>
    public long Position { get; private set; }

    /// <summary>Reads a few bytes; they last until the next call.</summary>
    /// <param name="count">Bytes to read.</param>
    /// <param name="what">What they are, for messages.</param>
    public ReadOnlySpan<byte> Bytes(long count, string what)
    {
        CheckThere((ulong)count, what);
        if (_bytes.Length < count)
            _bytes = new byte[count];
        Span<byte> bytes = _bytes.AsSpan(0, (int)count);
        try
        {
            _stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidDataException($"'{_file}' ended within {what}: it was cut while it was being read.", exception);
        }
        Position += count;
        return bytes;
    }

    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(sizeof(uint), what));

    public ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(sizeof(ulong), what));

    /// <summary>Reads how many items follow, each of at least that many bytes.</summary>
    public long Count(int leastBytes, string what)
    {
        ulong count = UInt64(what);
        long left = Length - Position;
        if (count > (ulong)(left / leastBytes))
            throw new InvalidDataException($"'{_file}' says that {what} are {count}, but only {left} bytes follow: it was cut, or it is damaged.");
        return (long)count;
    }

    /// <summary>Reads a text: its bytes' number, then UTF-8.</summary>
    public string Text(string what)
    {
        ReadOnlySpan<byte> bytes = Bytes(TextLength(what), what);
        try
        {
            return s_utf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"'{_file}': {what} is not UTF-8.", exception);
        }
    }

    public void SkipText(string what) => Skip(TextLength(what), what);

    public void Skip(long bytes, string what)
    {
        CheckThere((ulong)bytes, what);
        Position += bytes;
        _stream.Position = Position;
    }

    private long TextLength(string what)
    {
        ulong length = UInt64(what);
        CheckThere(length, what);
        // A text is held in one array, so its length is one too.
        return length <= (ulong)Array.MaxLength ? (long)length : throw new InvalidDataException($"'{_file}': {what} has {length} bytes; at most {Array.MaxLength} are read.");
    }

    private void CheckThere(ulong bytes, string what)
    {
        if (bytes > (ulong)(Length - Position))
            throw new InvalidDataException($"'{_file}': {what} takes {bytes} bytes, but only {Length - Position} follow: the file was cut, or it is damaged.");
    }
}
