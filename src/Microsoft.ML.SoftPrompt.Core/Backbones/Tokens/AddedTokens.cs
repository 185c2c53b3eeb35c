namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>A piece that is found in a text before anything else is done with it, such as <c>&lt;|endoftext|&gt;</c>.</summary>
/// <param name="Content">The text; not empty.</param>
/// <param name="Id">Its id.</param>
/// <param name="TakesSpaceBefore">Whether white space in front of it belongs to it.</param>
/// <param name="TakesSpaceBehind">Whether white space behind it belongs to it.</param>
internal sealed record AddedToken(string Content, int Id, bool TakesSpaceBefore = false, bool TakesSpaceBehind = false);

/// <summary>Finds the added tokens of a text: the leftmost, and of those the longest.</summary>
internal sealed class AddedTokens(IEnumerable<AddedToken> tokens)
{
    private readonly ILookup<char, AddedToken> _tokens = tokens.OrderByDescending(token => token.Content.Length).ToLookup(token => token.Content[0]);

    /// <summary>Cuts a text at its added tokens.</summary>
    /// <returns>In order: stretches of text with a null, and added tokens with the text they took; no text is empty.</returns>
    public IEnumerable<(string Text, AddedToken? Token)> Split(string text)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (_tokens[text[i]].FirstOrDefault(token => string.CompareOrdinal(text, i, token.Content, 0, token.Content.Length) == 0) is not { } token)
                continue;
            int from = i, to = i + token.Content.Length;
            while (token.TakesSpaceBefore && from > start && char.IsWhiteSpace(text[from - 1]))
                from--;
            while (token.TakesSpaceBehind && to < text.Length && char.IsWhiteSpace(text[to]))
                to++;
            if (from > start)
                yield return (text[start..from], null);
            yield return (text[from..to], token);
            start = to;
            i = to - 1;
        }
        if (start < text.Length)
            yield return (text[start..], null);
    }
}
