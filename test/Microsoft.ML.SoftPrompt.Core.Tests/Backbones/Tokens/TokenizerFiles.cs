using System.Text;
using System.Text.Json.Nodes;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// Small tokenizers of every kind, sound ones and others. The byte-level ones have 424 pieces, learned from a few sentences; their reference ids are
/// those of Hugging Face's Tokenizers.js 0.2.0.
/// </summary>
internal static class TokenizerFiles
{
    private static readonly JsonObject s_reference = ReadReference();

    /// <summary>Kinds of byte-level BPE: gpt-2, roberta, smollm, llama-bpe, qwen2.</summary>
    public static IEnumerable<string> Kinds => s_reference["kinds"]!.AsObject().Select(kind => kind.Key);

    /// <summary>The pieces; a piece's place is its id.</summary>
    public static string[] Pieces => Texts(s_reference["pieces"]!);

    public static string[] Merges => Texts(s_reference["merges"]!);

    /// <summary>Texts and their ids by the reference.</summary>
    public static IEnumerable<(string Text, int[] Ids)> Reference(string kind) =>
        Texts(s_reference["texts"]!).Zip(s_reference["ids"]![kind]!.AsArray().Select(ids => ids!.AsArray().Select(id => (int)id!).ToArray()));

    /// <summary>A sound <c>tokenizer.json</c> of byte-level BPE.</summary>
    public static JsonObject ByteLevel(string kind)
    {
        JsonNode parts = s_reference["kinds"]![kind]!.DeepClone();
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = s_reference["added_tokens"]!.DeepClone(),
            ["normalizer"] = parts["normalizer"]?.DeepClone(),
            ["pre_tokenizer"] = parts["pre_tokenizer"]!.DeepClone(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["ignore_merges"] = (bool)parts["ignore_merges"]!,
                ["vocab"] = Ids(Pieces),
                ["merges"] = s_reference["merges"]!.DeepClone(),
            },
        };
    }

    /// <summary>Twenty pieces that do for byte-level BPE and for WordPiece.</summary>
    public static IReadOnlyList<string> SmallPieces { get; } = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(0, 10).Select(digit => $"{digit}"), "a", "b", "ab", "Ġ", "Ġa"];

    /// <summary>A sound <c>tokenizer.json</c> of byte-level BPE with <see cref="SmallPieces"/>, small enough that a random change hits what matters.</summary>
    public static JsonObject SmallByteLevel()
    {
        JsonObject small = ByteLevel("qwen2");
        small["added_tokens"] = new JsonArray(new JsonObject { ["id"] = 0, ["content"] = "[PAD]", ["lstrip"] = true, ["special"] = true });
        small["model"]!["vocab"] = Ids(SmallPieces);
        small["model"]!["merges"] = new JsonArray("a b", new JsonArray("Ġ", "a"));
        return small;
    }

    /// <summary>A <c>tokenizer.json</c> of Gemma's kind: characters and bytes, spaces written as ▁.</summary>
    public static JsonObject Gemma(params string[] pieces) => new()
    {
        ["normalizer"] = new JsonObject { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = " " }, ["content"] = "▁" },
        ["pre_tokenizer"] = new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["String"] = " " }, ["behavior"] = "MergedWithPrevious", ["invert"] = false },
        ["model"] = new JsonObject { ["type"] = "BPE", ["byte_fallback"] = true, ["unk_token"] = "<unk>", ["fuse_unk"] = true, ["vocab"] = Ids(pieces), ["merges"] = new JsonArray() },
    };

    /// <summary>A <c>tokenizer.json</c> of BERT's kind.</summary>
    public static JsonObject WordPiece(IEnumerable<string> pieces) => new()
    {
        ["added_tokens"] = new JsonArray(),
        ["normalizer"] = new JsonObject { ["type"] = "BertNormalizer", ["clean_text"] = true, ["handle_chinese_chars"] = true, ["strip_accents"] = null, ["lowercase"] = true },
        ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
        ["model"] = new JsonObject
        {
            ["type"] = "WordPiece",
            ["unk_token"] = "[UNK]",
            ["continuing_subword_prefix"] = "##",
            ["max_input_chars_per_word"] = 100,
            ["vocab"] = Ids(pieces),
        },
    };

    /// <summary>Reads a <c>tokenizer.json</c>.</summary>
    public static IBackboneTokenizer Open(JsonObject tokenizer, int rows) => Open(tokenizer.ToJsonString(), rows);

    /// <summary>Reads a <c>tokenizer.json</c>.</summary>
    public static IBackboneTokenizer Open(string tokenizer, int rows) =>
        BackboneTokenizers.Open(InMemory(("tokenizer.json", tokenizer)), rows)!;

    /// <summary>Files that lie nowhere.</summary>
    public static BackboneFiles InMemory(params (string Name, string Text)[] files) => new(
        "model", "folder", [.. files.Select(file => file.Name)], name => new MemoryStream(Encoding.UTF8.GetBytes(files.Single(file => file.Name == name).Text)));

    public static JsonObject Ids(IEnumerable<string> pieces) => new(pieces.Select((piece, id) => KeyValuePair.Create(piece, (JsonNode?)id)));

    private static string[] Texts(JsonNode list) => [.. list.AsArray().Select(text => (string)text!)];

    private static JsonObject ReadReference()
    {
        using Stream stream = typeof(TokenizerFiles).Assembly.GetManifestResourceStream("byte-level.json")!;
        return JsonNode.Parse(stream)!.AsObject();
    }
}
