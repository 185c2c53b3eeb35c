using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Microsoft.ML.Tokenizers;

public class WordPieceTokenizer : Tokenizer
{
    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<int, string> _tokens;

    internal WordPieceTokenizer(Dictionary<string, int> vocabulary, WordPieceOptions options)
    {
        _vocabulary = vocabulary;
        _tokens = vocabulary.ToDictionary(entry => entry.Value, entry => entry.Key);
        UnknownToken = options.UnknownToken;
        UnknownTokenId = IdOf(options.UnknownToken, nameof(options.UnknownToken));
        ContinuingSubwordPrefix = options.ContinuingSubwordPrefix;
        MaxInputCharsPerWord = options.MaxInputCharsPerWord;
        SpecialTokens = options.SpecialTokens;
    }

    public string UnknownToken { get; }

    public int UnknownTokenId { get; }

    public string ContinuingSubwordPrefix { get; }

    public int MaxInputCharsPerWord { get; }

    public IReadOnlyDictionary<string, int>? SpecialTokens { get; private protected init; }

    public override string Decode(IEnumerable<int> ids) => Decode(ids, skipSpecialTokens: false);

    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var text = new StringBuilder();
        foreach (int id in ids)
            text.Append(Piece(id, text.Length == 0, skipSpecialTokens));
        return text.ToString();
    }

    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten) =>
        Decode(ids, destination, skipSpecialTokens: false, out idsConsumed, out charsWritten);

    public OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, bool skipSpecialTokens, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        idsConsumed = 0;
        charsWritten = 0;
        foreach (int id in ids)
        {
            string piece = Piece(id, charsWritten == 0, skipSpecialTokens);
            if (!piece.AsSpan().TryCopyTo(destination[charsWritten..]))
                return OperationStatus.DestinationTooSmall;
            charsWritten += piece.Length;
            idsConsumed++;
        }

        return OperationStatus.Done;
    }

    internal static Dictionary<string, int> ReadVocabulary(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: -1, leaveOpen: true);
        for (int id = 0; reader.ReadLine() is { } token; id++)
            vocabulary.TryAdd(token, id);
        return vocabulary;
    }

    private protected virtual string Normalize(string text) => text;

    private protected virtual IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            int start = i;
            while (i < text.Length && !char.IsWhiteSpace(text[i]))
                i++;
            if (i > start)
                yield return (start, i - start);
        }
    }

    private protected int IdOf(string token, string parameter) => _vocabulary.TryGetValue(token, out int id)
        ? id
        : throw new ArgumentException($"The token '{token}' is not in the vocabulary.", parameter);

    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        string source = text ?? textSpan.ToString();
        string normalized = settings.ConsiderNormalization ? Normalize(source) : source;
        var tokens = new List<EncodedToken>();
        int consumed = 0;
        foreach ((int offset, int length) in settings.ConsiderPreTokenization ? PreTokenize(normalized) : [(0, normalized.Length)])
        {
            List<EncodedToken> word = Word(normalized, offset, length);
            if (tokens.Count + word.Count > settings.MaxTokenCount)
                return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = normalized, CharsConsumed = consumed };
            tokens.AddRange(word);
            consumed = offset + length;
        }

        return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = normalized, CharsConsumed = normalized.Length };
    }

    // The longest piece first; a word with a rest that no piece begins is unknown as a whole.
    private List<EncodedToken> Word(string text, int offset, int length)
    {
        var pieces = new List<EncodedToken>();
        if (length == 0)
            return pieces;
        if (SpecialTokens is { } specials && specials.TryGetValue(text.Substring(offset, length), out int special))
            return [new EncodedToken(special, _tokens[special], offset..(offset + length))];
        for (int start = 0, end; length <= MaxInputCharsPerWord && start < length; start = end)
        {
            int id = -1;
            string piece = "";
            for (end = length; end > start; end--)
            {
                piece = (start > 0 ? ContinuingSubwordPrefix : "") + text.Substring(offset + start, end - start);
                if (_vocabulary.TryGetValue(piece, out id))
                    break;
            }

            if (end == start)
            {
                pieces.Clear();
                break;
            }

            pieces.Add(new EncodedToken(id, piece, (offset + start)..(offset + end)));
        }

        if (pieces.Count == 0)
            pieces.Add(new EncodedToken(UnknownTokenId, UnknownToken, offset..(offset + length)));
        return pieces;
    }

    private string Piece(int id, bool first, bool skipSpecialTokens)
    {
        if (!_tokens.TryGetValue(id, out string? token) || (skipSpecialTokens && SpecialTokens?.Values.Contains(id) == true))
            return "";
        if (token.StartsWith(ContinuingSubwordPrefix, StringComparison.Ordinal))
            return token[ContinuingSubwordPrefix.Length..];
        return first ? token : " " + token;
    }
}
