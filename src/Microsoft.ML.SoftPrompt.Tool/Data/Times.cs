using System.Globalization;

namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Times as data files write them: ISO 8601, with a blank or a T, with or without seconds, fractions and a zone.</summary>
internal static class Times
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mmK", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mmK", "yyyy-MM-dd", "yyyy/MM/dd HH:mm:ss", "yyyy/MM/dd HH:mm", "yyyy/MM/dd",
    ];

    /// <summary>Reads a time exactly; one without a zone counts as universal time.</summary>
    public static bool TryParse(string text, out DateTime time)
    {
        bool parsed = DateTimeOffset.TryParseExact(
            text.AsSpan().Trim(), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset exact);
        time = exact.UtcDateTime;
        return parsed;
    }

    /// <summary>A time as messages write it: universal, to the minute, and to the second where it has any.</summary>
    /// <param name="zone">False for the first of two times, whose second has the zone.</param>
    public static string Written(DateTime time, bool zone = true) =>
        time.ToString(time.Second == 0 ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + (zone ? " UTC" : "");
}
