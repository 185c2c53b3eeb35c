using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Byte-level byte-pair encoding (Radford et al. 2019, Sennrich et al. arXiv 1508.07909): GPT-2, RoBERTa, Llama 3, SmolLM2, Qwen 2.</summary>
/// <remarks>
/// The words reach the library as the vocabulary writes them, a character a byte, already cut: a vocabulary may want a word that is a
/// piece as a whole to be taken as it is, which the library does not do.
/// </remarks>
internal sealed class ByteLevelTokenizer : IBackboneTokenizer
{
    private static readonly char[] s_bytes = WrittenBytes();

    /// <summary>A runtime in invariant globalization mode leaves decomposed letters as they are.</summary>
    private static readonly bool s_composes = "e\u0301".Normalize(NormalizationForm.FormC).Length == 1;

    private readonly BpeTokenizer _tokenizer;
    private readonly TokenVocabulary _vocabulary;
    private readonly NumeralPieces _numerals;
    private readonly TextSplitter _splitter;
    private readonly AddedTokens _added;
    private readonly bool _compose;
    private readonly bool _wholeWords;

    /// <param name="vocabulary">Pieces and ids.</param>
    /// <param name="merges">Pairs of pieces with a space between them, the most important first.</param>
    /// <param name="splitter">How a text is cut into words.</param>
    /// <param name="added">The added tokens.</param>
    /// <param name="compose">Whether text is brought into Unicode's composed form (NFC) first.</param>
    /// <param name="wholeWords">Whether a word that is a piece is taken without joining (<c>ignore_merges</c>).</param>
    /// <exception cref="InvalidDataException">A merge is no pair of pieces, makes no piece, or is there twice.</exception>
    /// <exception cref="NotSupportedException">The vocabulary cannot write numerals.</exception>
    public ByteLevelTokenizer(TokenVocabulary vocabulary, IReadOnlyList<string> merges, TextSplitter splitter, IEnumerable<AddedToken> added, bool compose, bool wholeWords)
    {
        (_vocabulary, _splitter, _added, _compose, _wholeWords) = (vocabulary, splitter, new AddedTokens(added), compose, wholeWords);
        _numerals = new NumeralPieces(vocabulary);
        CheckMerges(vocabulary, merges);
        _tokenizer = BpeTokenizer.Create(new BpeOptions(vocabulary.Pieces) { Merges = merges });
    }

    public string Kind => "byte-level BPE";

    public IReadOnlyList<int> Encode(string text)
    {
        List<int> pieces = [];
        foreach ((string part, AddedToken? token) in _added.Split(text))
        {
            if (token is not null)
            {
                pieces.Add(token.Id);
                continue;
            }
            foreach (string word in _splitter.Split(_compose ? Compose(part) : part))
            {
                string written = string.Create(Encoding.UTF8.GetByteCount(word), word, static (destination, word) =>
                {
                    byte[] bytes = Encoding.UTF8.GetBytes(word);
                    for (int i = 0; i < bytes.Length; i++)
                        destination[i] = s_bytes[bytes[i]];
                });
                if (_wholeWords && _vocabulary.Pieces.TryGetValue(written, out int whole))
                    pieces.Add(whole);
                else
                    pieces.AddRange(_tokenizer.EncodeToIds(written, considerPreTokenization: false, considerNormalization: false));
            }
        }
        return pieces;
    }

    public IReadOnlyList<int> EncodeNumeral(int numeral, int largest) => _numerals.Encode(numeral, largest);

    private static string Compose(string text)
    {
        if (!s_composes && text.EnumerateRunes().Any(rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark))
        {
            throw new InvalidOperationException(
                "The text holds combining marks, which this application cannot compose because it runs in invariant globalization mode; write an accented letter as one character.");
        }
        return text.Normalize(NormalizationForm.FormC);
    }

    private static void CheckMerges(TokenVocabulary vocabulary, IReadOnlyList<string> merges)
    {
        HashSet<string> seen = new(merges.Count, StringComparer.Ordinal);
        for (int i = 0; i < merges.Count; i++)
        {
            string merge = merges[i];
            string? fault = merge.Split(' ') is not [{ Length: > 0 } left, { Length: > 0 } right] ? "is not two pieces with a space between them"
                : !vocabulary.Pieces.ContainsKey(left) ? $"names '{left}', which is no piece of the vocabulary"
                : !vocabulary.Pieces.ContainsKey(right) ? $"names '{right}', which is no piece of the vocabulary"
                : !vocabulary.Pieces.ContainsKey(left + right) ? $"makes '{left + right}', which is no piece of the vocabulary"
                : !seen.Add(merge) ? "is there twice"
                : null;
            if (fault is not null)
                throw new InvalidDataException($"'{vocabulary.File}': merge {i} ('{merge}') {fault}.");
        }
    }

    /// <summary>The character for each byte: printable ones of Latin-1 are themselves, the others follow from U+0100 on.</summary>
    private static char[] WrittenBytes()
    {
        char[] characters = new char[256];
        int next = 256;
        for (int value = 0; value < characters.Length; value++)
            characters[value] = (char)(value is (>= '!' and <= '~') or (>= '¡' and <= '¬') or (>= '®' and <= 'ÿ') ? value : next++);
        return characters;
    }
}
