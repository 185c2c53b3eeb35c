using System.Globalization;
using Microsoft.ML.Tokenizers;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// BERT's word pieces. A numeral of several pieces keeps them: the mark <c>##</c> of a continuation tells where the next numeral begins.
/// </summary>
internal sealed class WordPieceTokenizer : IBackboneTokenizer
{
    private readonly BertTokenizer _tokenizer;
    private readonly bool _stripAccents;
    private readonly string _file;

    /// <param name="vocabulary">A piece a line; the line's number is the token id.</param>
    /// <param name="lowerCase">Whether the model was trained on lower-case text.</param>
    /// <param name="file">Name for messages.</param>
    /// <param name="stripAccents">Whether accents are taken off; where upper case is, when null, as the reference tokenizer has it.</param>
    /// <param name="cutChinese">Whether each Chinese character is a word.</param>
    /// <exception cref="InvalidDataException">It is not the vocabulary of a BERT.</exception>
    public WordPieceTokenizer(Stream vocabulary, bool lowerCase, string file, bool? stripAccents = null, bool cutChinese = true)
    {
        (_stripAccents, _file) = (stripAccents ?? lowerCase, file);
        try
        {
            _tokenizer = BertTokenizer.Create(vocabulary, new BertOptions
            {
                LowerCaseBeforeTokenization = lowerCase,
                RemoveNonSpacingMarks = _stripAccents,
                IndividuallyTokenizeCjk = cutChinese,
            });
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException($"'{file}' is not the vocabulary of a BERT, one piece a line with [UNK], [CLS], [SEP], [PAD] and [MASK] among them: {exception.Message}", exception);
        }
    }

    public string Kind => "WordPiece";

    public IReadOnlyList<int> Encode(string text) => _tokenizer.EncodeToIds(_stripAccents ? LatinAccents.Remove(text) : text, addSpecialTokens: false);

    public IReadOnlyList<int> EncodeNumeral(int numeral, int largest)
    {
        IReadOnlyList<int> pieces = Encode(numeral.ToString(CultureInfo.InvariantCulture));
        return pieces.Contains(_tokenizer.UnknownTokenId)
            ? throw new InvalidOperationException($"'{_file}': the vocabulary cannot write the numeral {numeral}; fewer bins, or a model that knows the digits and their continuations ##0 to ##9.")
            : pieces;
    }
}
