namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>What a GGUF file says of its tokenizer.</summary>
/// <param name="Model">Its kind, <c>tokenizer.ggml.model</c>: <c>gpt2</c> is byte-level BPE, <c>llama</c> SentencePiece.</param>
/// <param name="PreTokenizer">How text is cut before pieces are merged, <c>tokenizer.ggml.pre</c>, e.g. <c>smollm</c>; null where the file does not say.</param>
/// <param name="Tokens">The pieces; the index is the token id. At most as many as the embedding has rows.</param>
/// <param name="Merges">The merges in their order, each two pieces with a space between; none for a kind that has none.</param>
/// <param name="TokenTypes">What each piece is, <c>tokenizer.ggml.token_type</c>: 1 an ordinary one, 3 a control, 4 added by a user; none where the file does not say.</param>
internal sealed record GgufVocabulary(
    string Model, string? PreTokenizer, IReadOnlyList<string> Tokens, IReadOnlyList<string> Merges, IReadOnlyList<int> TokenTypes);
