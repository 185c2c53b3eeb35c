using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The fields of an object in a JSON file, read with messages that name file and field.</summary>
/// <param name="Element">The object.</param>
/// <param name="Path">The way to it within the file, e.g. <c>model</c>; empty for the file itself.</param>
/// <param name="File">Name for messages.</param>
internal readonly record struct JsonFields(JsonElement Element, string Path, string File)
{
    /// <summary>Longer values are cut in messages.</summary>
    private const int LongestValue = 60;

    /// <summary>The way to a field.</summary>
    public string PathOf(string field) => Path.Length == 0 ? field : $"{Path}.{field}";

    /// <summary>A field that is there and not null.</summary>
    public bool TryGet(string field, out JsonElement value) =>
        Element.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A field's text; the other one where it is missing or null.</summary>
    /// <exception cref="InvalidDataException">It is no text.</exception>
    public string? Text(string field, string? otherwise = null)
    {
        if (!TryGet(field, out JsonElement value))
            return otherwise;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Unexpected(field, value, "a text");
    }

    /// <summary>A field's truth value; the other one where it is missing or null.</summary>
    /// <exception cref="InvalidDataException">It is no truth value.</exception>
    public bool Flag(string field, bool otherwise)
    {
        if (!TryGet(field, out JsonElement value))
            return otherwise;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Unexpected(field, value, "true or false");
    }

    /// <summary>A field that is an object; null where it is missing or null.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public JsonFields? Object(string field)
    {
        if (!TryGet(field, out JsonElement value))
            return null;
        return value.ValueKind == JsonValueKind.Object ? new JsonFields(value, PathOf(field), File) : throw Unexpected(field, value, "an object of fields");
    }

    /// <summary>The objects of a list; none where it is missing or null.</summary>
    /// <exception cref="InvalidDataException">It is no list of objects.</exception>
    public IEnumerable<JsonFields> Objects(string field)
    {
        int index = 0;
        foreach (JsonElement item in Items(field))
        {
            string path = $"{PathOf(field)}[{index++}]";
            yield return item.ValueKind == JsonValueKind.Object ? new JsonFields(item, path, File) : throw Unexpected(path, item, "an object of fields", File);
        }
    }

    /// <summary>The items of a list; none where it is missing or null.</summary>
    /// <exception cref="InvalidDataException">It is no list.</exception>
    public IEnumerable<JsonElement> Items(string field)
    {
        if (!TryGet(field, out JsonElement list))
            return [];
        return list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw Unexpected(field, list, "a list");
    }

    /// <summary>The fault of a field with a value of the wrong kind.</summary>
    public InvalidDataException Unexpected(string field, JsonElement value, string expected) => Unexpected(PathOf(field), value, expected, File);

    private static InvalidDataException Unexpected(string path, JsonElement value, string expected, string file)
    {
        string text = value.GetRawText();
        return new InvalidDataException($"'{file}': {path} is {(text.Length <= LongestValue ? text : text[..LongestValue] + " …")}; expected {expected}.");
    }
}
