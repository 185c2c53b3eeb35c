using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Fuzzing;

/// <summary>Changes a JSON text where it stays JSON: a value becomes another, a key is renamed, left out or given twice.</summary>
internal static class DamagedJson
{
    private const int Deepest = 4;

    private static readonly string[] s_values =
    [
        "null", "true", "0", "-1", "1", "1.5", "1e400", "-1e400", "2147483647", "-2147483648", "9223372036854775807", "18446744073709551616", "\"\"", "\"NaN\"", "\"Infinity\"",
        "\"\\ud800\"", "\"../../etc/passwd\"", "\"\\u0000\"", "[]", "[null]", "{}", "{\"\":null}", "{\"\\udc00\":1}",
        $"{new string('[', 100)}{new string(']', 100)}", $"\"{new string('x', 300)}\"",
    ];

    /// <summary>Changes one value, or in one case of three the bytes as such.</summary>
    public static byte[] Change(byte[] sound, Random random)
    {
        if (random.Next(3) == 0)
            return Damage.Change(sound, random);
        using JsonDocument document = JsonDocument.Parse(sound);
        var all = new List<JsonElement>();
        Collect(document.RootElement, all);
        var text = new StringBuilder();
        int target = random.Next(all.Count), at = 0;
        Write(document.RootElement, null);
        return Encoding.UTF8.GetBytes(text.ToString());

        void Write(JsonElement element, string? key)
        {
            bool changed = at++ == target;
            int change = changed ? random.Next(8) : -1;
            int separate = text.Length;
            if (change == 0)
            {
                // Left out, with all that is in it.
                at += CountWithin(element);
                return;
            }
            Key(key is not null && change == 1 ? key + "x" : key);
            if (change is 2 or 3 or 4)
            {
                at += CountWithin(element);
                text.Append(change == 4 ? all[random.Next(all.Count)].GetRawText() : s_values[random.Next(s_values.Length)]);
                return;
            }
            Value(element);
            if (change is 5 or 6)
            {
                // Once more, under the same key.
                string again = text.ToString(separate, text.Length - separate);
                text.Append(',').Append(again.TrimStart(','));
            }
        }

        void Key(string? key)
        {
            if (text.Length > 0 && text[^1] is not ('{' or '['))
                text.Append(',');
            if (key is not null)
                text.Append(JsonSerializer.Serialize(key)).Append(':');
        }

        void Value(JsonElement element)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    text.Append('{');
                    foreach (JsonProperty property in element.EnumerateObject())
                        Write(property.Value, property.Name);
                    text.Append('}');
                    break;
                case JsonValueKind.Array:
                    text.Append('[');
                    foreach (JsonElement item in element.EnumerateArray())
                        Write(item, null);
                    text.Append(']');
                    break;
                default:
                    text.Append(element.GetRawText());
                    break;
            }
        }
    }

    /// <summary>JSON of any form over keys that the reader knows.</summary>
    public static Gen<string> Any(params string[] keys)
    {
        Gen<string> value = Gen.Elements(s_values), key = Gen.Elements([.. keys, "", "other", "\\u0000"]);
        // Made once: FsCheck asks for the generator of every text anew, and making one takes longer than the text.
        var byDepth = new List<Gen<string>> { value };
        while (byDepth.Count <= Deepest)
        {
            Gen<string> inner = byDepth[^1];
            byDepth.Add(Gen.OneOf(
                value,
                Gen.ListOf(inner, 3).Select(items => $"[{string.Join(',', items)}]"),
                Gen.ListOf(Gen.Zip(key, inner).Select(field => $"\"{field.Item1}\":{field.Item2}"), 4).Select(fields => $"{{{string.Join(',', fields)}}}")));
        }
        return Gen.Sized(size => byDepth[Math.Min(size, Deepest)]);
    }

    private static void Collect(JsonElement element, List<JsonElement> all)
    {
        all.Add(element);
        foreach (JsonElement inner in Within(element))
            Collect(inner, all);
    }

    private static int CountWithin(JsonElement element) => Within(element).Sum(inner => 1 + CountWithin(inner));

    private static IEnumerable<JsonElement> Within(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Select(property => property.Value),
        JsonValueKind.Array => element.EnumerateArray(),
        _ => [],
    };
}
