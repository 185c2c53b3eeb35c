using System.Globalization;

namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>What the text of a cell means, whatever the machine's culture.</summary>
internal static class Cell
{
    public static bool IsMissing(string text) => string.IsNullOrWhiteSpace(text) || text.Trim().Equals("nan", StringComparison.OrdinalIgnoreCase);

    public static bool IsNumber(string text) => TryNumber(text, out _);

    /// <summary>A number as series hold it; a value too large for single precision comes out as infinity.</summary>
    public static bool TryNumber(string text, out float value)
    {
        // As Python and its data frames write infinity, so that it is refused as infinity and not as text.
        string unsigned = text.Trim().TrimStart('+', '-');
        if (unsigned.Equals("inf", StringComparison.OrdinalIgnoreCase))
        {
            value = text.Contains('-', StringComparison.Ordinal) ? float.NegativeInfinity : float.PositiveInfinity;
            return true;
        }
        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    public static bool TryLabel(string text, out bool label)
    {
        string trimmed = text.Trim();
        label = trimmed is "1" || trimmed.Equals("true", StringComparison.OrdinalIgnoreCase);
        // "1.0" and "0.0" are how data frames write a Boolean column that once had a gap.
        if (trimmed is "1.0")
            label = true;
        return label || trimmed is "0" or "0.0" || trimmed.Equals("false", StringComparison.OrdinalIgnoreCase);
    }
}
