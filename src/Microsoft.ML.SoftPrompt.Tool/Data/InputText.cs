using System.Text;

namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>The text of a CSV or JSON file; refuses what is no text, naming the file.</summary>
internal static class InputText
{
    /// <summary>A text is held in one piece, which takes no more letters than this.</summary>
    private const int LongestText = 1_000_000_000;

    public static string Read(InputFile file, ToolConsole console)
    {
        try
        {
            using Stream stream = Open(file, console);
            if (BinaryFormat.Advice(file, stream) is { } advice)
                throw new ToolException(advice);
            if (stream.Length > LongestText)
                throw new ToolException($"{file.DisplayName} has {stream.Length:N0} bytes; up to {LongestText:N0} are read. Cut it into several files, or put it into a SQLite database (--database).");
            // Strict, since `score` writes the cells back: a replaced character would be a silent change.
            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException fault)
        {
            throw new ToolException($"{file.DisplayName} is not UTF-8 text. Save it as UTF-8 and try again.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{file.DisplayName} cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>A stream that can be looked at twice; a pipe is read into memory.</summary>
    private static Stream Open(InputFile file, ToolConsole console)
    {
        Stream stream = file.Path is null ? console.OpenInput() : File.OpenRead(file.Path);
        if (stream.CanSeek)
            return stream;
        using (stream)
        {
            var copy = new MemoryStream();
            stream.CopyTo(copy);
            copy.Position = 0;
            return copy;
        }
    }
}
