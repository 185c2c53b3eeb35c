using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Microsoft.ML.Tokenizers;

/// <summary>BERT's basic tokenization: cleaning, case, accents, and the cut into words and single punctuation marks.</summary>
internal static class BertText
{
    public static string Normalize(string text, bool lowerCase, bool removeNonSpacingMarks, bool isolateCjk)
    {
        if (removeNonSpacingMarks)
            text = text.Normalize(NormalizationForm.FormD);
        var normalized = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            if (rune.Value is '\t' or '\n' or '\r' || category == UnicodeCategory.SpaceSeparator)
                normalized.Append(' ');
            else if (rune.Value is 0 or 0xFFFD || category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
                continue;
            else if (removeNonSpacingMarks && category == UnicodeCategory.NonSpacingMark)
                continue;
            else if (isolateCjk && IsCjk(rune.Value))
                normalized.Append(' ').Append(rune.ToString()).Append(' ');
            else
                normalized.Append((lowerCase ? Rune.ToLowerInvariant(rune) : rune).ToString());
        }

        return removeNonSpacingMarks ? normalized.ToString().Normalize(NormalizationForm.FormC) : normalized.ToString();
    }

    public static IEnumerable<(int Offset, int Length)> Words(string text, IReadOnlyCollection<string> specialTokens)
    {
        int start = 0;
        for (int i = 0; i < text.Length;)
        {
            int special = SpecialLength(text, i, specialTokens);
            if (special == 0 && !char.IsWhiteSpace(text[i]) && !IsPunctuation(text[i]))
            {
                i++;
                continue;
            }

            if (i > start)
                yield return (start, i - start);
            int length = Math.Max(special, 1);
            if (!char.IsWhiteSpace(text[i]))
                yield return (i, length);
            i += length;
            start = i;
        }

        if (start < text.Length)
            yield return (start, text.Length - start);
    }

    private static int SpecialLength(string text, int index, IReadOnlyCollection<string> specialTokens)
    {
        foreach (string special in specialTokens)
        {
            if (string.CompareOrdinal(text, index, special, 0, special.Length) == 0)
                return special.Length;
        }

        return 0;
    }

    // BERT counts every ASCII character that is neither letter, digit nor space as punctuation, `$` and `^` among them.
    private static bool IsPunctuation(char c) =>
        c is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~') || char.IsPunctuation(c);

    private static bool IsCjk(int c) => c is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
