using Microsoft.Win32.SafeHandles;

namespace Microsoft.ML.SoftPrompt.Persistence;

/// <summary>
/// Bytes kept on disk rather than in memory, of any length, for as long as anyone refers to them: the file goes with its handle, at the
/// latest when the process ends.
/// </summary>
#pragma warning disable CA1001 // The handle closes itself with the last reference.
internal sealed class TemporaryFile
#pragma warning restore CA1001
{
    private readonly SafeFileHandle _handle;

    /// <summary>Copies a stream from its position to its end.</summary>
    public TemporaryFile(Stream content)
    {
        string path = Path.Combine(Path.GetTempPath(), "softprompt-" + Path.GetRandomFileName());
        // What is deleted while it is open stays readable: on Windows until the handle is closed, elsewhere without a name from here on.
        _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
        File.Delete(path);
        var part = new byte[1 << 18];
        for (int read; (read = content.Read(part)) > 0;)
        {
            RandomAccess.Write(_handle, part.AsSpan(0, read), Length);
            Length += read;
        }
    }

    /// <summary>Gets the number of bytes.</summary>
    public long Length { get; }

    /// <summary>Gives the bytes from the start on; several streams may be read at once.</summary>
    public Stream OpenRead() => new Reader(this);

    private sealed class Reader(TemporaryFile file) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => file.Length;

        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            int read = RandomAccess.Read(file._handle, buffer, Position);
            Position += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) =>
            Position = offset + (origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => Position, _ => Length });

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
