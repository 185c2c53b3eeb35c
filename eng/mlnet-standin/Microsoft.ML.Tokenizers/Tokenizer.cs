using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Tokenizers;

public abstract class Tokenizer
{
    protected Tokenizer()
    {
    }

    public IReadOnlyList<int> EncodeToIds(string text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(Checked(text), default, Settings(int.MaxValue, considerPreTokenization, considerNormalization)).Tokens;

    public IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(null, text, Settings(int.MaxValue, considerPreTokenization, considerNormalization)).Tokens;

    public IReadOnlyList<int> EncodeToIds(string text, int maxTokenCount, out string? normalizedText, out int charsConsumed,
        bool considerPreTokenization = true, bool considerNormalization = true)
    {
        var results = EncodeToIds(Checked(text), default, Settings(Checked(maxTokenCount), considerPreTokenization, considerNormalization));
        normalizedText = results.NormalizedText;
        charsConsumed = results.CharsConsumed;
        return results.Tokens;
    }

    public IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text, int maxTokenCount, out string? normalizedText, out int charsConsumed,
        bool considerPreTokenization = true, bool considerNormalization = true)
    {
        var results = EncodeToIds(null, text, Settings(Checked(maxTokenCount), considerPreTokenization, considerNormalization));
        normalizedText = results.NormalizedText;
        charsConsumed = results.CharsConsumed;
        return results.Tokens;
    }

    public IReadOnlyList<EncodedToken> EncodeToTokens(string text, out string? normalizedText, bool considerPreTokenization = true, bool considerNormalization = true)
    {
        var results = EncodeToTokens(Checked(text), default, Settings(int.MaxValue, considerPreTokenization, considerNormalization));
        normalizedText = results.NormalizedText;
        return results.Tokens;
    }

    public IReadOnlyList<EncodedToken> EncodeToTokens(ReadOnlySpan<char> text, out string? normalizedText, bool considerPreTokenization = true, bool considerNormalization = true)
    {
        var results = EncodeToTokens(null, text, Settings(int.MaxValue, considerPreTokenization, considerNormalization));
        normalizedText = results.NormalizedText;
        return results.Tokens;
    }

    public int CountTokens(string text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        CountTokens(Checked(text), default, Settings(int.MaxValue, considerPreTokenization, considerNormalization));

    public int CountTokens(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        CountTokens(null, text, Settings(int.MaxValue, considerPreTokenization, considerNormalization));

    public virtual string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        char[] buffer = new char[256];
        while (true)
        {
            if (Decode(ids, buffer, out _, out int written) == OperationStatus.Done)
                return new string(buffer, 0, written);
            buffer = new char[2 * buffer.Length];
        }
    }

    public abstract OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten);

    protected abstract EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings);

    protected virtual EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var results = EncodeToTokens(text, textSpan, settings);
        return new EncodeResults<int>
        {
            Tokens = results.Tokens.Select(token => token.Id).ToArray(),
            NormalizedText = results.NormalizedText,
            CharsConsumed = results.CharsConsumed,
        };
    }

    protected virtual int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) => EncodeToTokens(text, textSpan, settings).Tokens.Count;

    private protected static EncodeSettings Settings(int maxTokenCount, bool considerPreTokenization, bool considerNormalization) => new()
    {
        MaxTokenCount = maxTokenCount,
        ConsiderPreTokenization = considerPreTokenization,
        ConsiderNormalization = considerNormalization,
    };

    private protected static string Checked(string text) => text ?? throw new ArgumentNullException(nameof(text));

    private protected static int Checked(int maxTokenCount) => maxTokenCount > 0
        ? maxTokenCount
        : throw new ArgumentOutOfRangeException(nameof(maxTokenCount), "The maximum number of tokens must be greater than 0.");
}
