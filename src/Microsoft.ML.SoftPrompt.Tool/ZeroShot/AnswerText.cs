using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tool.ZeroShot;

/// <summary>Reads the probability out of a model's answer. What is not clearly an answer is none: no default is put in its place.</summary>
internal static class AnswerText
{
    private const string Thought = "<think>", EndOfThought = "</think>", Fence = "```";

    /// <summary>The names under which models write a probability, or a yes or no, the asked-for one first.</summary>
    private static readonly string[] s_names = ["probability", "anomaly_probability", "anomaly", "anomalous", "is_anomaly", "answer"];

    /// <summary>What parts a yes or no from its reasons.</summary>
    private static readonly SearchValues<char> s_ends = SearchValues.Create(".,!;:\n");

    /// <summary>Reads an answer.</summary>
    /// <param name="text">
    /// A JSON object with a probability (or a yes or no), a number from 0 to 1 or a percentage, or the word yes or no, alone or followed by a mark and reasons; in a
    /// fence of code or not, behind the model's thoughts or not. Thoughts without an end hold no answer, whatever numbers the model weighs in them.
    /// </param>
    /// <returns>The probability from 0 to 1 that the series is anomalous; null where the text is no answer.</returns>
    public static double? Read(string text)
    {
        int thought = text.LastIndexOf(EndOfThought, StringComparison.OrdinalIgnoreCase);
        string answer = (thought < 0 ? text : text[(thought + EndOfThought.Length)..]).Trim();
        if (answer.Contains(Thought, StringComparison.OrdinalIgnoreCase))
            return null;
        int open = answer.IndexOf('{', StringComparison.Ordinal), close = answer.LastIndexOf('}');
        if (open >= 0)
            return close > open ? ReadJson(answer[open..(close + 1)]) : null;
        return ReadWord(Unfenced(answer));
    }

    private static double? ReadJson(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            foreach (string name in s_names)
                if (document.RootElement.TryGetProperty(name, out JsonElement value))
                    return ReadValue(value);
            return null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Half a surrogate pair is sound JSON, but no text: InvalidOperationException.
            return null;
        }
    }

    private static double? ReadValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.Number when value.TryGetDouble(out double number) => Probability(number),
        JsonValueKind.String => ReadWord(value.GetString()!.Trim()),
        _ => null,
    };

    private static double? ReadWord(string text)
    {
        if (ReadNumber(text.TrimEnd('.')) is { } number)
            return number;
        int end = text.AsSpan().IndexOfAny(s_ends);
        return (end < 0 ? text : text[..end]).Trim(' ', '*', '"', '\'', '`').ToUpperInvariant() switch
        {
            "YES" or "TRUE" => 1,
            "NO" or "FALSE" => 0,
            _ => null,
        };
    }

    private static double? ReadNumber(string text)
    {
        bool percent = text.EndsWith('%');
        if (!double.TryParse(percent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            return null;
        return Probability(percent ? number / 100 : number);
    }

    private static double? Probability(double number) => number is >= 0 and <= 1 ? number : null;

    private static string Unfenced(string text)
    {
        if (!text.StartsWith(Fence, StringComparison.Ordinal) || !text.EndsWith(Fence, StringComparison.Ordinal) || text.Length < 2 * Fence.Length)
            return text;
        string inner = text[Fence.Length..^Fence.Length];
        // Behind the opening fence may stand the name of a language.
        int line = inner.IndexOf('\n', StringComparison.Ordinal);
        return (line < 0 ? inner : inner[line..]).Trim();
    }
}
