using System.Buffers;
using System.Text;

namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Whole lines of a source as they arrive. A line that is half written waits for its end.</summary>
/// <param name="name">How messages call the source.</param>
internal sealed class LiveLines(LiveSource source, string name, ToolConsole console)
{
    // Longer than any table's line should be; a file without line breaks must not fill the memory.
    private const int LongestLine = 1 << 20;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly ArrayBufferWriter<byte> _half = new();
    private long _number;

    /// <summary>Passes over the lines that are there already, half of a line at the end excepted.</summary>
    /// <returns>The first line; null where there is none yet.</returns>
    public LiveLine? SkipWritten(CancellationToken cancellation)
    {
        LiveLine? first = null;
        for (LiveLineBatch batch = Read(cancellation); batch.Lines.Count > 0 || batch.ReadSomething; batch = Read(cancellation))
            first ??= batch.Lines.Count > 0 ? batch.Lines[0] : null;
        return first;
    }

    /// <summary>The lines that ended since the last call; waits a moment where nothing arrived.</summary>
    public LiveLineBatch Read(CancellationToken cancellation)
    {
        LiveRead read = source.Read(_buffer, cancellation);
        var lines = new List<LiveLine>();
        if (read.StartsAnew)
        {
            if (_half.WrittenCount > 0)
                console.Warn($"{name}, line {_number + 1}: only half of the line was written before the file started anew; it is passed over.");
            _half.ResetWrittenCount();
            _number = 0;
        }
        ReadOnlySpan<byte> left = _buffer.AsSpan(0, read.Count);
        for (int end = left.IndexOf((byte)'\n'); end >= 0; end = left.IndexOf((byte)'\n'))
        {
            _half.Write(left[..end]);
            lines.Add(TakeLine());
            left = left[(end + 1)..];
        }
        _half.Write(left);
        if (_half.WrittenCount > LongestLine)
            throw new ToolException($"{name}, line {_number + 1}: longer than {LongestLine} bytes, which no line of readings is. Is this a CSV file?");
        if (read.Ended && _half.WrittenCount > 0)
            lines.Add(TakeLine());
        return new LiveLineBatch(lines, read.StartsAnew, read.Ended, read.Count > 0);
    }

    private LiveLine TakeLine()
    {
        ReadOnlySpan<byte> bytes = _half.WrittenSpan;
        if (_number == 0 && bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        if (bytes.EndsWith("\r"u8))
            bytes = bytes[..^1];
        string? text;
        try
        {
            text = Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            text = null;
        }
        _half.ResetWrittenCount();
        return new LiveLine(++_number, text);
    }
}

/// <param name="Number">From 1.</param>
/// <param name="Text">Without its line break; null where it is not UTF-8.</param>
internal readonly record struct LiveLine(long Number, string? Text);

/// <param name="StartsAnew">Whether the lines are the first ones of a file that took the place of the one before.</param>
/// <param name="Ended">Whether there never will be more.</param>
/// <param name="ReadSomething">Whether bytes arrived, if only of a half line.</param>
internal readonly record struct LiveLineBatch(IReadOnlyList<LiveLine> Lines, bool StartsAnew, bool Ended, bool ReadSomething);
