using System.Text;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// Takes the accents off Latin letters. A runtime in invariant globalization mode has no normalisation data and would leave "é" as it is,
/// and an application's settings must not decide what a model reads.
/// </summary>
internal static class LatinAccents
{
    private const char First = '\u00C0';

    /// <summary>The base letters of U+00C0 to U+017F in the Unicode character database; a dot where there is none.</summary>
    private const string BaseLetters =
        "AAAAAA.CEEEEIIII.NOOOOO..UUUUY..aaaaaa.ceeeeiiii.nooooo..uuuuy.y" +
        "AaAaAaCcCcCcCcDd..EeEeEeEeEeGgGgGgGgHh..IiIiIiIiI...JjKk.LlLlLl." +
        "...NnNnNn...OoOoOo..RrRrRrSsSsSsSsTtTt..UuUuUuUuUuUuWwYyYZzZzZz.";

    public static string Remove(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        return string.Create(text.Length, text, static (letters, source) =>
        {
            for (int i = 0; i < letters.Length; i++)
            {
                int at = source[i] - First;
                letters[i] = at >= 0 && at < BaseLetters.Length && BaseLetters[at] != '.' ? BaseLetters[at] : source[i];
            }
        });
    }
}
