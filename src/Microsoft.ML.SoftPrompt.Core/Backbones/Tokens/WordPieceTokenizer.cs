using System.Globalization;
using Microsoft.ML.Tokenizers;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>BERT's word pieces, from a <c>vocab.txt</c>.</summary>
internal sealed class WordPieceTokenizer : IBackboneTokenizer
{
    private readonly BertTokenizer _tokenizer;
    private readonly bool _lowerCase;

    /// <param name="vocabulary">A piece a line; the line's number is the token id.</param>
    /// <param name="lowerCase">Whether the model was trained on lower-case text.</param>
    /// <param name="file">Name for messages.</param>
    public WordPieceTokenizer(Stream vocabulary, bool lowerCase, string file)
    {
        _lowerCase = lowerCase;
        try
        {
            // Accents go where upper case goes: that is what strip_accents = null means in the reference tokenizer.
            _tokenizer = BertTokenizer.Create(vocabulary, new BertOptions { LowerCaseBeforeTokenization = lowerCase, RemoveNonSpacingMarks = lowerCase });
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException($"'{file}' is not the vocabulary of a BERT, one piece a line with [UNK], [CLS], [SEP], [PAD] and [MASK] among them: {exception.Message}", exception);
        }
    }

    public IReadOnlyList<int> Encode(string text) => _tokenizer.EncodeToIds(_lowerCase ? LatinAccents.Remove(text) : text, addSpecialTokens: false);

    public IReadOnlyList<int> EncodeNumeral(int numeral, int largest) => Encode(numeral.ToString(CultureInfo.InvariantCulture));
}
