using System.Globalization;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>A series written out as numbers, for language models that read text.</summary>
public static class SeriesText
{
    /// <summary>The significant digits that a value is rounded to: enough to tell a hundred bins apart with a digit to spare.</summary>
    public const int SignificantDigits = 4;

    /// <summary>What stands between two values.</summary>
    public const string Separator = ", ";

    /// <summary>What is written for a missing value.</summary>
    public const string Missing = "missing";

    private static readonly string s_rounded = $"E{SignificantDigits - 1}";

    /// <summary>Writes a value, rounded to <see cref="SignificantDigits"/> significant digits, with as many of them as it has: 0.05, 12350, 1.234E-07.</summary>
    /// <param name="value">The value; NaN is written as <see cref="Missing"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is infinite.</exception>
    public static string Write(float value)
    {
        if (float.IsInfinity(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "A series holds an infinite value; expected finite numbers, or NaN for a missing value.");
        if (float.IsNaN(value))
            return Missing;
        string rounded = value.ToString(s_rounded, CultureInfo.InvariantCulture);
        // A sum with zero has no sign of its own: −0 is written as 0.
        return (double.Parse(rounded, CultureInfo.InvariantCulture) + 0.0).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Writes the values of a series, oldest first, with <see cref="Separator"/> between them.</summary>
    /// <param name="values">The values.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is infinite.</exception>
    public static string Write(ReadOnlySpan<float> values)
    {
        string[] written = new string[values.Length];
        for (int i = 0; i < values.Length; i++)
            written[i] = Write(values[i]);
        return string.Join(Separator, written);
    }
}
