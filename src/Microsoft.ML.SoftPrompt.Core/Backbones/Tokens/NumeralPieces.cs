using System.Globalization;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// How a vocabulary without continuation pieces writes numerals. Nothing stands between the numerals of a series, so they must not run
/// into each other: where each numeral 0 … largest is a piece, a numeral is that piece; elsewhere it is its digits, a piece each, padded
/// with zeros to the width of the largest. Without that <c>1, 12</c> and <c>11, 2</c> would be the same.
/// </summary>
/// <remarks>
/// The vocabulary alone decides, not the way text is cut: a saved model's numerals mean the same rows whatever else of a tokenizer is
/// understood.
/// </remarks>
internal sealed class NumeralPieces
{
    private const int Digits = 10;

    /// <summary>How vocabularies write a numeral: plain, with SentencePiece's mark of a word's beginning, as a byte.</summary>
    private static readonly Func<int, string>[] s_forms =
    [
        number => number.ToString(CultureInfo.InvariantCulture),
        number => string.Create(CultureInfo.InvariantCulture, $"▁{number}"),
        number => number < Digits ? $"<0x3{number}>" : "",
    ];

    /// <summary>Ids of 0, 1, 2, …, as far as every numeral is a piece; the digits at least.</summary>
    private readonly List<int> _whole = [];

    /// <exception cref="NotSupportedException">A digit is no piece in any of the forms.</exception>
    public NumeralPieces(TokenVocabulary vocabulary)
    {
        Func<int, string> form = Array.Find(s_forms, form => Enumerable.Range(0, Digits).All(digit => vocabulary.Pieces.ContainsKey(form(digit))))
            ?? throw new NotSupportedException($"'{vocabulary.File}': the digits 0 to 9 are not all pieces of the vocabulary; a series cannot be written with it.");
        while (vocabulary.Pieces.TryGetValue(form(_whole.Count), out int id))
            _whole.Add(id);
    }

    /// <summary>The pieces of a numeral.</summary>
    /// <param name="numeral">0 … <paramref name="largest"/>.</param>
    /// <param name="largest">The largest numeral that is written in the same place.</param>
    public IReadOnlyList<int> Encode(int numeral, int largest)
    {
        if (largest < _whole.Count)
            return [_whole[numeral]];
        int[] pieces = new int[largest.ToString(CultureInfo.InvariantCulture).Length];
        for (int i = pieces.Length - 1; i >= 0; i--, numeral /= Digits)
            pieces[i] = _whole[numeral % Digits];
        return pieces;
    }
}
