using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Microsoft.ML.Tokenizers;

/// <summary>Byte-pair encoding: of all neighbouring pieces, the pair that stands first among the merges is joined, until no pair is there.</summary>
public sealed class BpeTokenizer : Tokenizer
{
    // The library's default pre-tokenizer: runs of word characters, and runs of neither word characters nor space.
    private static readonly Regex s_words = new(@"\w+|[^\w\s]+", RegexOptions.CultureInvariant);

    private readonly Dictionary<string, int> _vocabulary = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _pieces = [];
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges = [];

    private BpeTokenizer(BpeOptions options)
    {
        foreach ((string piece, int id) in options.Vocabulary)
        {
            _vocabulary.Add(piece, id);
            _pieces.Add(id, piece);
        }

        if (_vocabulary.Count == 0)
            throw new InvalidOperationException("The vocabulary cannot be empty.");
        foreach (string? merge in options.Merges ?? [])
        {
            string[] pair = merge?.Split(' ') ?? throw new InvalidOperationException("A merge cannot be null.");
            if (pair.Length != 2 || pair[1].Length == 0)
                throw new InvalidOperationException($"'{merge}' is not a merge of two pieces.");
            _merges.Add((IdOf(pair[0]), IdOf(pair[1])), (_merges.Count, IdOf(pair[0] + pair[1])));
        }
    }

    public static BpeTokenizer Create(BpeOptions options) => new(options ?? throw new ArgumentNullException(nameof(options)));

    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        idsConsumed = 0;
        charsWritten = 0;
        foreach (int id in ids)
        {
            string piece = _pieces.GetValueOrDefault(id, "");
            if (!piece.AsSpan().TryCopyTo(destination[charsWritten..]))
                return OperationStatus.DestinationTooSmall;
            charsWritten += piece.Length;
            idsConsumed++;
        }

        return OperationStatus.Done;
    }

    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        string source = text ?? textSpan.ToString();
        var tokens = new List<EncodedToken>();
        if (settings.ConsiderPreTokenization)
        {
            foreach (Match word in s_words.Matches(source))
                tokens.AddRange(Word(word.Value, word.Index));
        }
        else
        {
            tokens.AddRange(Word(source, 0));
        }

        return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = null, CharsConsumed = source.Length };
    }

    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        EncodeResults<EncodedToken> results = EncodeToTokens(text, textSpan, settings);
        EncodedToken[] kept = results.Tokens.Take(settings.MaxTokenCount).ToArray();
        return new EncodeResults<int>
        {
            Tokens = kept.Select(token => token.Id).ToArray(),
            NormalizedText = null,
            CharsConsumed = kept.Length == results.Tokens.Count ? results.CharsConsumed : kept[^1].Offset.End.Value,
        };
    }

    // Characters that are no piece are left out, as they are where no unknown token was named.
    private List<EncodedToken> Word(string word, int offset)
    {
        var pieces = new List<EncodedToken>();
        for (int i = 0, length; i < word.Length; i += length)
        {
            length = char.IsSurrogatePair(word, i) ? 2 : 1;
            string piece = word.Substring(i, length);
            if (_vocabulary.TryGetValue(piece, out int id))
                pieces.Add(new EncodedToken(id, piece, (offset + i)..(offset + i + length)));
        }

        while (true)
        {
            int at = -1, rank = int.MaxValue, joined = 0;
            for (int i = 0; i + 1 < pieces.Count; i++)
            {
                if (_merges.TryGetValue((pieces[i].Id, pieces[i + 1].Id), out var merge) && merge.Rank < rank)
                    (at, rank, joined) = (i, merge.Rank, merge.Id);
            }

            if (at < 0)
                return pieces;
            pieces[at] = new EncodedToken(joined, _pieces[joined], pieces[at].Offset.Start..pieces[at + 1].Offset.End);
            pieces.RemoveAt(at + 1);
        }
    }

    private int IdOf(string piece) => _vocabulary.TryGetValue(piece, out int id)
        ? id
        : throw new InvalidOperationException($"A merge names the piece '{piece}', which is not in the vocabulary.");
}
