using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML.SoftPrompt.MiniLM;

namespace Microsoft.ML.SoftPrompt.Backbones;

public class TokenizerJsonTests
{
    private static readonly string[] s_digits = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")];

    [Fact]
    public void WordPiece_from_this_file_alone_is_that_of_a_vocab_txt()
    {
        using JsonDocument golden = Golden.Json("minilm/tokens.json");
        IBackboneTokenizer tokenizer = TokenizerFiles.Open(TokenizerFiles.WordPiece(Vocabulary()), 30522);
        tokenizer.Kind.Should().Be("WordPiece");
        foreach (JsonProperty text in golden.RootElement.GetProperty("texts").EnumerateObject())
            tokenizer.Encode(text.Name).Should().Equal(Ids(text.Value), "of '{0}'", text.Name);
        int numeral = 0;
        foreach (JsonElement pieces in golden.RootElement.GetProperty("numerals_0_to_1999").EnumerateArray())
            tokenizer.EncodeNumeral(numeral++, 1999).Should().Equal(Ids(pieces));
    }

    /// <summary>The model's own: it is no reference value, and not every folder of them has it.</summary>
    private static string[] Vocabulary()
    {
        using var reader = new StreamReader(typeof(MiniLMBackbone).Assembly.GetManifestResourceStream(BackboneFiles.Vocabulary)!);
        return reader.ReadToEnd().TrimEnd('\n').Split('\n');
    }

    [Fact]
    public void Case_and_accents_are_those_of_the_normalizer()
    {
        JsonObject json = TokenizerFiles.WordPiece(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "A", "é", "e"]);
        TokenizerFiles.Open(json, 9).Encode("A é").Should().Equal(5, 8);
        json["normalizer"]!["strip_accents"] = false;
        TokenizerFiles.Open(json, 9).Encode("A é").Should().Equal(5, 7);
        json["normalizer"]!["lowercase"] = false;
        TokenizerFiles.Open(json, 9).Encode("A é").Should().Equal(6, 7);
    }

    [Fact]
    public void A_numeral_that_word_pieces_cannot_write_is_refused()
    {
        IBackboneTokenizer tokenizer = TokenizerFiles.Open(TokenizerFiles.WordPiece(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "7"]), 6);
        tokenizer.EncodeNumeral(7, 9).Should().Equal(5);
        tokenizer.Invoking(t => t.EncodeNumeral(8, 9)).Should().Throw<InvalidOperationException>().WithMessage("*tokenizer.json': the vocabulary cannot write the numeral 8;*");
    }

    [Fact]
    public void Of_Gemma_s_kind_the_digits_are_known_and_text_is_refused()
    {
        IBackboneTokenizer tokenizer = TokenizerFiles.Open(TokenizerFiles.Gemma(["<pad>", "<unk>", .. s_digits, "▁12"]), 20);
        tokenizer.EncodeNumeral(12, 99).Should().Equal(3, 4);
        tokenizer.EncodeNumeral(5, 99).Should().Equal(2, 7);
        tokenizer.Invoking(t => t.Encode("a")).Should().Throw<InvalidOperationException>()
            .WithMessage("Text cannot be encoded for this model, only numerals can: *tokenizer.json': model.byte_fallback is 'true'; supported is false.");
    }

    [Fact]
    public void Of_a_Unigram_the_digits_are_known()
    {
        IEnumerable<JsonNode?> entries = s_digits.Select(digit => (JsonNode?)new JsonArray($"▁{digit}", -1.5));
        IBackboneTokenizer tokenizer = TokenizerFiles.Open(new JsonObject { ["model"] = new JsonObject { ["type"] = "Unigram", ["vocab"] = new JsonArray([.. entries]) } }, 10);
        tokenizer.EncodeNumeral(42, 99).Should().Equal(4, 2);
        tokenizer.Invoking(t => t.Encode("a")).Should().Throw<InvalidOperationException>().WithMessage("*model.type is 'Unigram'; supported is BPE and WordPiece.");
    }

    [Fact]
    public void A_folder_opens_with_the_first_of_its_tokenizers()
    {
        BackboneFiles both = TokenizerFiles.InMemory(
            ("tokenizer.json", TokenizerFiles.Gemma(s_digits).ToJsonString()),
            ("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n7\n"));
        BackboneTokenizers.Open(both, 20)!.Kind.Should().Be("WordPiece");
        BackboneTokenizers.Open(TokenizerFiles.InMemory(("vocab.json", "{}")), 20).Should().BeNull("merges.txt is not there");
    }

    [Theory]
    [InlineData("""{"type": "Metaspace"}""", "pre_tokenizer.type is 'Metaspace'; supported is ByteLevel, Split, Digits and Sequence.")]
    [InlineData("""{"type": "Digits", "individual_digits": true}""", "pre_tokenizer is 'not byte-level'*")]
    [InlineData("""{"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}, {"type": "Digits"}]}""", "pre_tokenizer.pretokenizers[1].type is 'Digits'; supported is nothing behind ByteLevel.")]
    [InlineData("""{"type": "Split", "behavior": "Removed", "pattern": {"Regex": " "}}""", "pre_tokenizer.behavior is 'Removed'; supported is Isolated.")]
    [InlineData("""{"type": "Split", "behavior": "Isolated", "invert": true, "pattern": {"Regex": " "}}""", "pre_tokenizer.invert is 'true'; supported is false.")]
    [InlineData("""{"type": "Split", "behavior": "Isolated", "pattern": {"String": " "}}""", "pre_tokenizer.pattern is 'no Regex'; supported is Regex.")]
    [InlineData("""{"type": "Split", "behavior": "Isolated", "pattern": {"Regex": "("}}""", "the pattern '(' of the pre_tokenizer cannot be used:*")]
    public void Text_is_refused_by_what_the_pre_tokenizer_asks_for(string part, string message) => RefusesText("pre_tokenizer", part, message);

    [Theory]
    [InlineData("""{"type": "Lowercase"}""", "normalizer.type is 'Lowercase'; supported is NFC.")]
    [InlineData("""{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "NFKC"}]}""", "normalizer.normalizers[1].type is 'NFKC'; supported is NFC.")]
    public void Text_is_refused_by_what_the_normalizer_asks_for(string part, string message) => RefusesText("normalizer", part, message);

    [Theory]
    [InlineData("continuing_subword_prefix", "\"@@\"", "model.continuing_subword_prefix is '@@'; supported is none.")]
    [InlineData("end_of_word_suffix", "\"</w>\"", "model.end_of_word_suffix is '</w>'; supported is none.")]
    [InlineData("dropout", "0.1", "model.dropout is '0.1'; supported is none.")]
    public void Text_is_refused_by_what_the_model_asks_for(string field, string value, string message)
    {
        JsonObject json = TokenizerFiles.ByteLevel("gpt-2");
        json["model"]![field] = JsonNode.Parse(value);
        RefusesText(json, message);
    }

    [Theory]
    [InlineData("model", "null", "lacks the field 'model'.")]
    [InlineData("model", "5", ": model is 5; expected an object of fields.")]
    [InlineData("model", "{}", "lacks the field 'model.vocab'.")]
    [InlineData("model", """{"vocab": 3}""", ": model.vocab is 3; expected the pieces with their ids.")]
    [InlineData("model", """{"vocab": {"a": "b"}}""", """: model.vocab.a is "b"; expected a token id.""")]
    [InlineData("model", """{"vocab": {"a": -1}}""", "gives the piece 'a' the id -1; the model's embedding has the rows 0 to 423.*")]
    [InlineData("model", """{"vocab": {"a": 424}}""", "gives the piece 'a' the id 424; the model's embedding has the rows 0 to 423. Tokenizer and weights do not belong together.")]
    [InlineData("model", """{"vocab": {"a": 1.5}}""", ": model.vocab.a is 1.5; expected a token id.")]
    [InlineData("model", """{"vocab": {"a": 1, "b": 1}}""", "gives the id 1 to two pieces, 'a' and 'b'.")]
    [InlineData("model", """{"vocab": [["a", 1], ["a", 2]]}""", "holds the piece 'a' twice, with the ids 0 and 1.")]
    [InlineData("model", """{"vocab": [["a"]]}""", """: model.vocab is ["a"]; expected a piece with its score.""")]
    [InlineData("added_tokens", "5", ": added_tokens is 5; expected a list.")]
    [InlineData("added_tokens", "[5]", ": added_tokens[0] is 5; expected an object of fields.")]
    [InlineData("added_tokens", """[{"id": 3}]""", "lacks the field 'added_tokens[0].content'.")]
    [InlineData("added_tokens", """[{"content": "x", "id": "3"}]""", "lacks a token id in the field 'added_tokens[0].id'.")]
    [InlineData("added_tokens", """[{"content": "x", "id": 3}]""", ": added_tokens[0] gives 'x' the id 3; the vocabulary says otherwise.")]
    [InlineData("added_tokens", """[{"content": "<x>", "id": 9999}, {"content": "<y>", "id": 9999}]""", ": added_tokens[1] gives '<y>' the id 9999; the vocabulary says otherwise.")]
    [InlineData("pre_tokenizer", """{"type": 7}""", ": pre_tokenizer.type is 7; expected a text.")]
    [InlineData("pre_tokenizer", """{"type": "ByteLevel", "use_regex": "no"}""", """: pre_tokenizer.use_regex is "no"; expected true or false.""")]
    [InlineData("pre_tokenizer", """{"type": "\ud800"}""", "is not JSON: *surrogate*")]
    public void A_damaged_field_is_named(string field, string value, string message) =>
        Replaced(field, value).Should().Throw<InvalidDataException>().WithMessage($"'*tokenizer.json' {message}".Replace("' :", "':"));

    [Theory]
    [InlineData("[5]", ": model.merges is 5; expected a pair of pieces.")]
    [InlineData("[\"ab\"]", ": merge 0 ('ab') is not two pieces with a space between them.")]
    [InlineData("[\"a b c\"]", ": merge 0 ('a b c') is not two pieces with a space between them.")]
    [InlineData("[[\"a\", \"b\", \"c\"]]", """: model.merges is ["a","b","c"]; expected a pair of pieces.""")]
    [InlineData("[\"a ☃\"]", ": merge 0 ('a ☃') names '☃', which is no piece of the vocabulary.")]
    [InlineData("[\"Z Z\"]", ": merge 0 ('Z Z') makes 'ZZ', which is no piece of the vocabulary.")]
    [InlineData("[\"e s\", [\"e\", \"s\"]]", ": merge 1 ('e s') is there twice.")]
    public void A_damaged_merge_is_named(string merges, string message)
    {
        JsonObject json = TokenizerFiles.ByteLevel("gpt-2");
        json["model"]!["merges"] = JsonNode.Parse(merges);
        Action open = () => TokenizerFiles.Open(json, 424);
        open.Should().Throw<InvalidDataException>().WithMessage($"'*tokenizer.json'{message}");
    }

    [Theory]
    [InlineData("", "is not JSON:*")]
    [InlineData("[]", "holds a Array; expected an object of fields.")]
    [InlineData("""{"model": {"vocab": {"a": 0, "a": 1}}}""", "is not JSON:*a*")]
    public void What_is_no_such_file_is_refused(string text, string message)
    {
        Action open = () => TokenizerFiles.Open(text, 10);
        open.Should().Throw<InvalidDataException>().WithMessage($"'*tokenizer.json' {message}");
    }

    [Fact]
    public void A_file_nested_without_end_is_refused()
    {
        Action open = () => TokenizerFiles.Open(string.Concat(Enumerable.Repeat("""{"pre_tokenizer":""", 10_000)), 10);
        open.Should().Throw<InvalidDataException>().WithMessage("'*tokenizer.json' is not JSON:*depth*");
    }

    [Fact]
    public void A_file_without_end_is_not_read_to_it()
    {
        Action read = () => JsonFile.ReadObject(new EndlessStream(), "f", 1 << 20);
        read.Should().Throw<InvalidDataException>().WithMessage("'f' has more than 1048576 bytes*");
    }

    [Fact]
    public void More_lines_than_rows_are_refused()
    {
        BackboneFiles files = TokenizerFiles.InMemory(("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n7"));
        BackboneTokenizers.Open(files, 6).Should().NotBeNull();
        Action open = () => BackboneTokenizers.Open(files, 5);
        open.Should().Throw<InvalidDataException>().WithMessage("*vocab.txt' has 6 lines; the model's embedding has 5 rows.*");
    }

    [Fact]
    public void Lists_of_different_lengths_are_refused()
    {
        Action open = () => BackboneTokenizers.FromLists("m.gguf", "gpt2", "smollm", s_digits, [], [1], 10);
        open.Should().Throw<InvalidDataException>().WithMessage("'m.gguf': tokenizer.ggml.token_type has 1 entries; tokenizer.ggml.tokens has 10.");
    }

    [Theory]
    [InlineData("llama", "smollm", "*'m.gguf': tokenizer.ggml.model is 'llama'; supported is gpt2.")]
    [InlineData("gpt2", "tekken", "*'m.gguf': tokenizer.ggml.pre is 'tekken'; supported are gpt-2, smollm, llama-bpe and qwen2.")]
    [InlineData("gpt2", null, "*'m.gguf': tokenizer.ggml.pre is ''; supported*")]
    public void Of_a_GGUF_file_of_another_kind_the_numerals_are_known(string model, string? splitter, string message)
    {
        IBackboneTokenizer tokenizer = BackboneTokenizers.FromLists("m.gguf", model, splitter, s_digits, [], [], 10);
        tokenizer.EncodeNumeral(42, 99).Should().Equal(4, 2);
        tokenizer.Invoking(t => t.Encode("a")).Should().Throw<InvalidOperationException>().WithMessage(message);
    }

    private static void RefusesText(string field, string part, string message)
    {
        JsonObject json = TokenizerFiles.ByteLevel("gpt-2");
        json[field] = JsonNode.Parse(part);
        RefusesText(json, message);
    }

    private static void RefusesText(JsonObject json, string message)
    {
        IBackboneTokenizer tokenizer = TokenizerFiles.Open(json, 424);
        tokenizer.EncodeNumeral(7, 9).Should().ContainSingle();
        tokenizer.Invoking(t => t.Encode("a")).Should().Throw<InvalidOperationException>().WithMessage($"Text cannot be encoded for this model, only numerals can: '*tokenizer.json': {message}");
    }

    private static Action Replaced(string field, string value)
    {
        // As text: half a surrogate pair is not a value that a JsonNode takes.
        JsonObject json = TokenizerFiles.ByteLevel("gpt-2");
        json[field] = "REPLACED";
        return () => TokenizerFiles.Open(json.ToJsonString().Replace("\"REPLACED\"", value), 424);
    }

    private static IEnumerable<int> Ids(JsonElement ids) => ids.EnumerateArray().Select(id => id.GetInt32());

    /// <summary>Blanks for ever.</summary>
    private sealed class EndlessStream : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)' ');
            return buffer.Length;
        }
    }
}
