using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Microsoft.ML.Tokenizers;

public sealed class BertTokenizer : WordPieceTokenizer
{
    private const int FrameLength = 2; // [CLS] in front, [SEP] behind

    private BertTokenizer(Dictionary<string, int> vocabulary, BertOptions options)
        : base(vocabulary, options)
    {
        LowerCaseBeforeTokenization = options.LowerCaseBeforeTokenization;
        ApplyBasicTokenization = options.ApplyBasicTokenization;
        SplitOnSpecialTokens = options.SplitOnSpecialTokens;
        IndividuallyTokenizeCjk = options.IndividuallyTokenizeCjk;
        RemoveNonSpacingMarks = options.RemoveNonSpacingMarks;
        SeparatorToken = options.SeparatorToken;
        SeparatorTokenId = IdOf(SeparatorToken, nameof(options.SeparatorToken));
        PaddingToken = options.PaddingToken;
        PaddingTokenId = IdOf(PaddingToken, nameof(options.PaddingToken));
        ClassificationToken = options.ClassificationToken;
        ClassificationTokenId = IdOf(ClassificationToken, nameof(options.ClassificationToken));
        MaskingToken = options.MaskingToken;
        MaskingTokenId = IdOf(MaskingToken, nameof(options.MaskingToken));

        // They are looked for in normalized text, hence also in lower case.
        var specials = options.SpecialTokens?.ToDictionary(entry => entry.Key, entry => entry.Value) ?? [];
        foreach (string token in (string[])[SeparatorToken, PaddingToken, ClassificationToken, MaskingToken, UnknownToken])
            specials[token] = IdOf(token, nameof(options));
        if (LowerCaseBeforeTokenization)
        {
            foreach (var (token, id) in specials.ToArray())
                specials.TryAdd(token.ToLowerInvariant(), id);
        }

        SpecialTokens = specials;
    }

    public bool LowerCaseBeforeTokenization { get; }

    public bool ApplyBasicTokenization { get; }

    public bool SplitOnSpecialTokens { get; }

    public bool IndividuallyTokenizeCjk { get; }

    public bool RemoveNonSpacingMarks { get; }

    public string SeparatorToken { get; }

    public int SeparatorTokenId { get; }

    public string PaddingToken { get; }

    public int PaddingTokenId { get; }

    public string ClassificationToken { get; }

    public int ClassificationTokenId { get; }

    public string MaskingToken { get; }

    public int MaskingTokenId { get; }

    public static BertTokenizer Create(string vocabFilePath, BertOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(vocabFilePath);
        using Stream stream = File.OpenRead(vocabFilePath);
        return Create(stream, options);
    }

    public static BertTokenizer Create(Stream vocabStream, BertOptions? options = null) => new(ReadVocabulary(vocabStream), options ?? new BertOptions());

    public new IReadOnlyList<int> EncodeToIds(string text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(text, addSpecialTokens: true, considerPreTokenization, considerNormalization);

    public new IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(text, addSpecialTokens: true, considerPreTokenization, considerNormalization);

    public IReadOnlyList<int> EncodeToIds(string text, bool addSpecialTokens, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Encode(Checked(text), int.MaxValue, addSpecialTokens, considerPreTokenization, considerNormalization).Tokens;

    public IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text, bool addSpecialTokens, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Encode(text.ToString(), int.MaxValue, addSpecialTokens, considerPreTokenization, considerNormalization).Tokens;

    public new IReadOnlyList<int> EncodeToIds(string text, int maxTokenCount, out string? normalizedText, out int charsConsumed,
        bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(text, maxTokenCount, addSpecialTokens: true, out normalizedText, out charsConsumed, considerPreTokenization, considerNormalization);

    public IReadOnlyList<int> EncodeToIds(string text, int maxTokenCount, bool addSpecialTokens, out string? normalizedText, out int charsConsumed,
        bool considerPreTokenization = true, bool considerNormalization = true)
    {
        var results = Encode(Checked(text), Checked(maxTokenCount), addSpecialTokens, considerPreTokenization, considerNormalization);
        normalizedText = results.NormalizedText;
        charsConsumed = results.CharsConsumed;
        return results.Tokens;
    }

    public IReadOnlyList<int> BuildInputsWithSpecialTokens(IEnumerable<int> tokenIds, IEnumerable<int>? additionalTokenIds = null)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        List<int> ids = [ClassificationTokenId, .. tokenIds, SeparatorTokenId];
        if (additionalTokenIds is not null)
            ids.AddRange([.. additionalTokenIds, SeparatorTokenId]);
        return ids;
    }

    private protected override string Normalize(string text) =>
        ApplyBasicTokenization ? BertText.Normalize(text, LowerCaseBeforeTokenization, RemoveNonSpacingMarks, IndividuallyTokenizeCjk) : text;

    private protected override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => ApplyBasicTokenization
        ? BertText.Words(text, SplitOnSpecialTokens ? [.. SpecialTokens!.Keys] : [])
        : base.PreTokenize(text);

    private EncodeResults<int> Encode(string text, int maxTokenCount, bool addSpecialTokens, bool considerPreTokenization, bool considerNormalization)
    {
        if (!addSpecialTokens)
            return EncodeToIds(text, default, Settings(maxTokenCount, considerPreTokenization, considerNormalization));
        if (maxTokenCount < FrameLength)
            return new EncodeResults<int> { Tokens = [], NormalizedText = null, CharsConsumed = 0 };
        var results = EncodeToIds(text, default, Settings(maxTokenCount - FrameLength, considerPreTokenization, considerNormalization));
        results.Tokens = BuildInputsWithSpecialTokens(results.Tokens);
        return results;
    }
}
