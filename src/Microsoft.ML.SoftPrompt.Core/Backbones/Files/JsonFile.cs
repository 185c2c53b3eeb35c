using System.Text;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Reads a JSON file that nobody vouches for.</summary>
internal static class JsonFile
{
    private const int ReadSize = 1 << 16;

    private static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false };

    /// <summary>Reads an object; what is larger than a file of its kind can be, is not read to its end.</summary>
    /// <param name="stream">The JSON in UTF-8, with or without a byte order mark; closed by the caller.</param>
    /// <param name="file">Name for messages.</param>
    /// <param name="largest">The most bytes it may have.</param>
    /// <returns>The document; every name and text in it can be read.</returns>
    /// <exception cref="InvalidDataException">It is too large, not JSON, holds what is no Unicode text, names a field twice, or is not an object.</exception>
    public static JsonDocument ReadObject(Stream stream, string file, int largest)
    {
        ReadOnlyMemory<byte> text = ReadBytes(stream, file, largest);
        if (text.Span.StartsWith("\uFEFF"u8))
            text = text["\uFEFF"u8.Length..];
        JsonDocument document;
        try
        {
            CheckTexts(text.Span);
            document = JsonDocument.Parse(text, s_options);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{file}' is not JSON: {exception.Message}", exception);
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;
        using (document)
            throw new InvalidDataException($"'{file}' holds a {document.RootElement.ValueKind}; expected an object of fields.");
    }

    /// <summary>Looks at every name and text once: bytes that are no UTF-8 and escapes of half a surrogate pair else come to light where nobody expects them.</summary>
    /// <exception cref="InvalidOperationException">There is such a text.</exception>
    private static void CheckTexts(ReadOnlySpan<byte> json)
    {
        char[] letters = [];
        Utf8JsonReader reader = new(json);
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || (!reader.ValueIsEscaped && Ascii.IsValid(reader.ValueSpan)))
                continue;
            if (letters.Length < reader.ValueSpan.Length)
                letters = new char[Math.Max(reader.ValueSpan.Length, 2 * letters.Length)];
            reader.CopyString(letters);
        }
    }

    /// <summary>Reads a whole file; the memory grows with what is read, not with what a header claims.</summary>
    /// <exception cref="InvalidDataException">It has more bytes than it may.</exception>
    public static ReadOnlyMemory<byte> ReadBytes(Stream stream, string file, int largest)
    {
        MemoryStream bytes = new();
        byte[] buffer = new byte[ReadSize];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (bytes.Length + read > largest)
                throw new InvalidDataException($"'{file}' has more than {largest} bytes, more than a file of its kind can need.");
            bytes.Write(buffer, 0, read);
        }
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }
}
