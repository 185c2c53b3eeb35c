using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>What a <c>tokenizer_config.json</c> says that the tokenizer needs.</summary>
internal static class TokenizerSettings
{
    /// <summary>Reads <c>do_lower_case</c>; true where it is not given.</summary>
    /// <exception cref="InvalidDataException">The file is not JSON, or the field is not a truth value.</exception>
    public static bool ReadLowerCase(Stream stream, string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(stream);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("do_lower_case", out JsonElement value))
                return true;
            return value.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? value.GetBoolean()
                : throw new InvalidDataException($"'{file}': do_lower_case is {value.GetRawText()}; expected true or false.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{file}' is not JSON: {exception.Message}", exception);
        }
    }
}
