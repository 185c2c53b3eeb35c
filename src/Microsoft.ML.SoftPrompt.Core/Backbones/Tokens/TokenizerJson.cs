using System.Text;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// A <c>tokenizer.json</c> as Hugging Face's tokenizers write it. WordPiece and byte-level BPE are run; of every other kind the numerals
/// are looked up, and text is refused with the field that asks for what is not run. What stands around an encoded text (post-processor,
/// truncation, padding) and the way back (decoder) are not asked for.
/// </summary>
internal static class TokenizerJson
{
    /// <summary>The largest published one (Gemma 3: 262,144 pieces and 500,000 merges) has 33 MB.</summary>
    private const int LargestFile = 1 << 27;

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="stream">The JSON.</param>
    /// <param name="file">Name for messages.</param>
    /// <param name="rows">Rows of the model's embedding.</param>
    /// <exception cref="InvalidDataException">The file is damaged or inconsistent; the message names the field.</exception>
    /// <exception cref="NotSupportedException">The vocabulary cannot write numerals.</exception>
    public static IBackboneTokenizer Read(Stream stream, string file, int rows)
    {
        using JsonDocument document = JsonFile.ReadObject(stream, file, LargestFile);
        JsonFields root = new(document.RootElement, "", file);
        JsonFields model = root.Object("model") ?? throw new InvalidDataException($"'{file}' lacks the field 'model'.");
        string kind = KindOf(model);
        TokenVocabulary vocabulary = ReadVocabulary(model, rows);
        AddedToken[] added = ReadAdded(root, vocabulary, rows);
        try
        {
            return kind switch
            {
                "WordPiece" => ReadWordPiece(root, model, vocabulary),
                "BPE" => ReadByteLevel(root, model, vocabulary, added),
                _ => throw Unsupported(model, "type", kind, "BPE and WordPiece"),
            };
        }
        catch (NotSupportedException exception)
        {
            return new NumeralTokenizer(new NumeralPieces(vocabulary), exception.Message);
        }
    }

    /// <summary>The model's type; files of before 2020 leave it to be told from the fields.</summary>
    private static string KindOf(JsonFields model) => model.Text("type")
        ?? (model.TryGet("merges", out _) ? "BPE" : model.TryGet("max_input_chars_per_word", out _) ? "WordPiece" : "unknown");

    private static TokenVocabulary ReadVocabulary(JsonFields model, int rows)
    {
        if (!model.TryGet("vocab", out JsonElement vocabulary))
            throw new InvalidDataException($"'{model.File}' lacks the field '{model.PathOf("vocab")}'.");
        return vocabulary.ValueKind switch
        {
            JsonValueKind.Object => TokenVocabulary.FromObject(model.Object("vocab")!.Value, rows),
            JsonValueKind.Array => TokenVocabulary.FromList(model.File, model.Items("vocab").Select(entry => ScoredPiece(model, entry)), rows),
            _ => throw model.Unexpected("vocab", vocabulary, "the pieces with their ids"),
        };
    }

    /// <summary>An entry of a Unigram vocabulary: piece and score.</summary>
    private static string ScoredPiece(JsonFields model, JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() == 2 && entry[0].ValueKind == JsonValueKind.String
            ? entry[0].GetString()!
            : throw model.Unexpected("vocab", entry, "a piece with its score");

    private static AddedToken[] ReadAdded(JsonFields root, TokenVocabulary vocabulary, int rows)
    {
        Dictionary<int, string> named = vocabulary.Pieces.ToDictionary(entry => entry.Value, entry => entry.Key);
        List<AddedToken> added = [];
        foreach (JsonFields token in root.Objects("added_tokens"))
        {
            string? content = token.Text("content");
            if (string.IsNullOrEmpty(content))
                throw new InvalidDataException($"'{root.File}' lacks the field '{token.PathOf("content")}'.");
            if (!token.TryGet("id", out JsonElement value) || value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int id) || id < 0)
                throw new InvalidDataException($"'{root.File}' lacks a token id in the field '{token.PathOf("id")}'.");
            if (named.GetValueOrDefault(id, content) != content || vocabulary.Pieces.GetValueOrDefault(content, id) != id)
                throw new InvalidDataException($"'{root.File}': {token.Path} gives '{content}' the id {id}; the vocabulary says otherwise.");
            named[id] = content;
            // A text-only model of a larger family (Gemma 3) has no rows for the tokens of pictures.
            if (id < rows)
                added.Add(new AddedToken(content, id, token.Flag("lstrip", false), token.Flag("rstrip", false)));
        }
        return [.. added];
    }

    private static WordPieceTokenizer ReadWordPiece(JsonFields root, JsonFields model, TokenVocabulary vocabulary)
    {
        Require(model, "unk_token", "[UNK]");
        Require(model, "continuing_subword_prefix", "##");
        JsonFields normalizer = root.Object("normalizer") ?? throw Unsupported(root, "normalizer", "null", "BertNormalizer");
        Require(normalizer, "type", "BertNormalizer");
        if (!normalizer.Flag("clean_text", true))
            throw Unsupported(normalizer, "clean_text", "false", "true");
        JsonFields words = root.Object("pre_tokenizer") ?? throw Unsupported(root, "pre_tokenizer", "null", "BertPreTokenizer");
        Require(words, "type", "BertPreTokenizer");
        bool lowerCase = normalizer.Flag("lowercase", true);
        string[] lines = new string[vocabulary.Pieces.Count];
        foreach ((string piece, int id) in vocabulary.Pieces)
        {
            if (id >= lines.Length || piece.AsSpan().ContainsAny('\r', '\n'))
                throw Unsupported(model, "vocab", $"{piece}: {id}", "ids without a gap, and pieces of one line");
            lines[id] = piece;
        }
        using MemoryStream vocabularyLines = new(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return new WordPieceTokenizer(
            vocabularyLines,
            lowerCase,
            root.File,
            normalizer.Flag("strip_accents", lowerCase),
            normalizer.Flag("handle_chinese_chars", true));
    }

    private static ByteLevelTokenizer ReadByteLevel(JsonFields root, JsonFields model, TokenVocabulary vocabulary, AddedToken[] added)
    {
        Require(model, "continuing_subword_prefix", "");
        Require(model, "end_of_word_suffix", "");
        if (model.Flag("byte_fallback", false))
            throw Unsupported(model, "byte_fallback", "true", "false");
        if (model.TryGet("dropout", out JsonElement dropout) && !(dropout.ValueKind == JsonValueKind.Number && dropout.GetDouble() == 0))
            throw Unsupported(model, "dropout", dropout.GetRawText(), "none");
        JsonFields words = root.Object("pre_tokenizer") ?? throw Unsupported(root, "pre_tokenizer", "null", "ByteLevel");
        TextSplitter splitter = new(root.File);
        if (!ReadSplitter(words, splitter))
            throw Unsupported(root, "pre_tokenizer", "not byte-level", "ByteLevel, alone or with others");
        foreach (JsonFields token in root.Objects("added_tokens"))
        {
            if (token.Flag("single_word", false))
                throw Unsupported(token, "single_word", "true", "false");
        }
        return new ByteLevelTokenizer(vocabulary, ReadMerges(model), splitter, added, Composes(root.Object("normalizer")), model.Flag("ignore_merges", false));
    }

    /// <summary>Whether the normalizer composes (NFC); nothing else of one is run.</summary>
    private static bool Composes(JsonFields? normalizer)
    {
        if (normalizer is not { } found)
            return false;
        string? type = found.Text("type");
        if (type == "Sequence")
            return found.Objects("normalizers").ToArray().Aggregate(false, (composes, part) => Composes(part) || composes);
        return type == "NFC" ? true : throw Unsupported(found, "type", type, "NFC");
    }

    /// <summary>Adds the steps of a pre-tokenizer.</summary>
    /// <returns>Whether it writes bytes as characters.</returns>
    private static bool ReadSplitter(JsonFields part, TextSplitter splitter)
    {
        string? type = part.Text("type");
        switch (type)
        {
            case "Sequence":
                bool bytes = false;
                foreach (JsonFields inner in part.Objects("pretokenizers"))
                {
                    if (bytes)
                        throw Unsupported(inner, "type", inner.Text("type"), "nothing behind ByteLevel");
                    bytes = ReadSplitter(inner, splitter);
                }
                return bytes;
            case "Digits":
                splitter.Isolate(part.Flag("individual_digits", false) ? TextSplitter.DigitPattern : TextSplitter.DigitPattern + "+");
                return false;
            case "Split":
                Require(part, "behavior", "Isolated");
                if (part.Flag("invert", false))
                    throw Unsupported(part, "invert", "true", "false");
                string pattern = part.Object("pattern") is { } given && given.Text("Regex") is { } regex
                    ? regex
                    : throw Unsupported(part, "pattern", "no Regex", "Regex");
                splitter.Isolate(pattern);
                return false;
            case "ByteLevel":
                if (part.Flag("add_prefix_space", true))
                    splitter.PrefixSpace();
                if (part.Flag("use_regex", true))
                    splitter.Isolate(TextSplitter.Gpt2Pattern);
                return true;
            default:
                throw Unsupported(part, "type", type, "ByteLevel, Split, Digits and Sequence");
        }
    }

    /// <summary>Merges are pairs with a space between them, or lists of two.</summary>
    private static List<string> ReadMerges(JsonFields model)
    {
        List<string> merges = [];
        foreach (JsonElement merge in model.Items("merges"))
        {
            merges.Add(merge.ValueKind switch
            {
                JsonValueKind.String => merge.GetString()!,
                JsonValueKind.Array when merge.GetArrayLength() == 2 && merge.EnumerateArray().All(piece => piece.ValueKind == JsonValueKind.String)
                    => string.Join(' ', merge.EnumerateArray().Select(piece => piece.GetString())),
                _ => throw model.Unexpected("merges", merge, "a pair of pieces"),
            });
        }
        return merges;
    }

    /// <summary>Refuses a field with another value than the one that is run, which is meant where the field is missing or null.</summary>
    private static void Require(JsonFields fields, string field, string supported)
    {
        string found = fields.Text(field, supported)!;
        if (found != supported)
            throw Unsupported(fields, field, found, supported.Length == 0 ? "none" : supported);
    }

    private static NotSupportedException Unsupported(JsonFields fields, string field, string? found, string supported) =>
        new($"'{fields.File}': {fields.PathOf(field)} is '{found}'; supported is {supported}.");
}
