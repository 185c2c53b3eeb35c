using System.Text;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Opens the tokenizer of a model by what files there are.</summary>
internal static class BackboneTokenizers
{
    /// <summary>The largest published vocabularies and lists of merges have 10 MB.</summary>
    private const int LargestFile = 1 << 26;

    /// <summary>Types of a token in a GGUF file: part of a dialogue's frame, and added by a user.</summary>
    private const int ControlToken = 3, UserToken = 4;

    /// <summary>The classes whose text is cut as GPT-2's; of other classes <c>vocab.json</c> and <c>merges.txt</c> do not say how.</summary>
    private static readonly string[] s_gpt2Classes = ["GPT2Tokenizer", "GPT2TokenizerFast", "RobertaTokenizer", "RobertaTokenizerFast"];

    /// <summary>
    /// Opens the first that is there: <c>vocab.txt</c> (WordPiece, with <c>tokenizer_config.json</c>), <c>tokenizer.json</c>, or
    /// <c>vocab.json</c> with <c>merges.txt</c> (GPT-2's).
    /// </summary>
    /// <param name="files">The model's files.</param>
    /// <param name="rows">Rows of the model's embedding.</param>
    /// <returns>The tokenizer; null where none of them is there.</returns>
    /// <exception cref="InvalidDataException">A file is damaged, inconsistent, or knows more pieces than the model has rows.</exception>
    /// <exception cref="NotSupportedException">The vocabulary cannot write numerals.</exception>
    public static IBackboneTokenizer? Open(BackboneFiles files, int rows)
    {
        if (files.Has(BackboneFiles.Vocabulary))
            return OpenWordPiece(files, rows);
        if (files.Has(BackboneFiles.Tokenizer))
        {
            using Stream stream = files.Open(BackboneFiles.Tokenizer);
            return TokenizerJson.Read(stream, files.PathOf(BackboneFiles.Tokenizer), rows);
        }
        return files.Has(BackboneFiles.BpeVocabulary) && files.Has(BackboneFiles.BpeMerges) ? OpenGpt2(files, rows) : null;
    }

    /// <summary>Makes the tokenizer that a GGUF file's metadata describe.</summary>
    /// <param name="file">Name for messages.</param>
    /// <param name="model"><c>tokenizer.ggml.model</c>; text is encoded with <c>gpt2</c>, byte-level BPE.</param>
    /// <param name="splitter"><c>tokenizer.ggml.pre</c>; null where it is not given, and then only numerals are encoded.</param>
    /// <param name="pieces"><c>tokenizer.ggml.tokens</c>; a piece's place is its id.</param>
    /// <param name="merges"><c>tokenizer.ggml.merges</c>.</param>
    /// <param name="types"><c>tokenizer.ggml.token_type</c>: as many as pieces, or none.</param>
    /// <param name="rows">Rows of the model's embedding.</param>
    /// <exception cref="InvalidDataException">The lists are inconsistent.</exception>
    /// <exception cref="NotSupportedException">The vocabulary cannot write numerals.</exception>
    public static IBackboneTokenizer FromLists(
        string file, string model, string? splitter, IReadOnlyList<string> pieces, IReadOnlyList<string> merges, IReadOnlyList<int> types, int rows)
    {
        if (types.Count != 0 && types.Count != pieces.Count)
            throw new InvalidDataException($"'{file}': tokenizer.ggml.token_type has {types.Count} entries; tokenizer.ggml.tokens has {pieces.Count}.");
        TokenVocabulary vocabulary = TokenVocabulary.FromList(file, pieces, rows);
        try
        {
            if (model != "gpt2")
                throw new NotSupportedException($"'{file}': tokenizer.ggml.model is '{model}'; supported is gpt2.");
            (TextSplitter words, bool compose, bool wholeWords) = TextSplitter.Named(splitter ?? "", file);
            IEnumerable<AddedToken> added = Enumerable.Range(0, types.Count)
                .Where(id => types[id] is ControlToken or UserToken && pieces[id].Length > 0)
                .Select(id => new AddedToken(pieces[id], id));
            return new ByteLevelTokenizer(vocabulary, merges, words, added, compose, wholeWords);
        }
        catch (NotSupportedException exception)
        {
            return new NumeralTokenizer(new NumeralPieces(vocabulary), exception.Message);
        }
    }

    private static WordPieceTokenizer OpenWordPiece(BackboneFiles files, int rows)
    {
        string file = files.PathOf(BackboneFiles.Vocabulary);
        using Stream stream = files.Open(BackboneFiles.Vocabulary);
        ReadOnlyMemory<byte> text = JsonFile.ReadBytes(stream, file, LargestFile);
        int pieces = text.Span.Count((byte)'\n') + (text.Span.EndsWith("\n"u8) ? 0 : 1);
        if (pieces > rows)
            throw new InvalidDataException($"'{file}' has {pieces} lines; the model's embedding has {rows} rows. Tokenizer and weights do not belong together.");
        using MemoryStream lines = new(text.ToArray());
        return new WordPieceTokenizer(lines, TokenizerSettings.Read(files).LowerCase, file);
    }

    private static IBackboneTokenizer OpenGpt2(BackboneFiles files, int rows)
    {
        string file = files.PathOf(BackboneFiles.BpeVocabulary);
        TokenVocabulary vocabulary;
        using (Stream stream = files.Open(BackboneFiles.BpeVocabulary))
        using (JsonDocument document = JsonFile.ReadObject(stream, file, LargestFile))
            vocabulary = TokenVocabulary.FromObject(new JsonFields(document.RootElement, "", file), rows);
        if (TokenizerSettings.Read(files).TokenizerClass is { } named && !s_gpt2Classes.Contains(named))
        {
            return new NumeralTokenizer(
                new NumeralPieces(vocabulary),
                $"'{files.PathOf(BackboneFiles.TokenizerConfig)}': tokenizer_class is '{named}'; supported without a {BackboneFiles.Tokenizer} are {string.Join(", ", s_gpt2Classes)}.");
        }
        using Stream merges = files.Open(BackboneFiles.BpeMerges);
        string[] lines = Encoding.UTF8.GetString(JsonFile.ReadBytes(merges, files.PathOf(BackboneFiles.BpeMerges), LargestFile).Span).Split('\n', StringSplitOptions.TrimEntries);
        // The first line may name the format's version.
        IEnumerable<string> pairs = lines.Skip(lines[0].StartsWith("#version", StringComparison.Ordinal) ? 1 : 0).Where(line => line.Length > 0);
        TextSplitter splitter = TextSplitter.Named("gpt-2", file).Splitter;
        return new ByteLevelTokenizer(vocabulary, [.. pairs], splitter, [], compose: false, wholeWords: false);
    }
}
