using System.Text;

namespace Microsoft.ML.SoftPrompt.Backbones;

public class ByteLevelTokenizerTests
{
    private static readonly int s_rows = TokenizerFiles.Pieces.Length;

    public static TheoryData<string> Kinds => [.. TokenizerFiles.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Texts_become_the_pieces_of_the_reference(string kind) =>
        ShouldEncode(TokenizerFiles.Open(TokenizerFiles.ByteLevel(kind), s_rows), TokenizerFiles.Reference(kind), kind);

    [Theory]
    [InlineData("gpt-2")]
    [InlineData("smollm")]
    [InlineData("llama-bpe")]
    [InlineData("qwen2")]
    public void The_lists_of_a_GGUF_file_give_the_same(string kind)
    {
        int[] types = [3, 4, .. Enumerable.Repeat(1, s_rows - 2)];
        IBackboneTokenizer tokenizer = BackboneTokenizers.FromLists("model.gguf", "gpt2", kind, TokenizerFiles.Pieces, TokenizerFiles.Merges, types, s_rows);
        // A GGUF file does not tell that <mask> takes the space in front of it.
        ShouldEncode(tokenizer, TokenizerFiles.Reference(kind).Where(text => !text.Text.Contains(" <mask>")), kind);
    }

    [Fact]
    public void Vocabulary_and_merges_in_files_of_their_own_give_the_same()
    {
        BackboneFiles files = TokenizerFiles.InMemory(
            ("vocab.json", TokenizerFiles.Ids(TokenizerFiles.Pieces).ToJsonString()),
            ("merges.txt", "#version: 0.2\n" + string.Join('\n', TokenizerFiles.Merges) + "\n"));
        ShouldEncode(BackboneTokenizers.Open(files, s_rows)!, TokenizerFiles.Reference("gpt-2").Where(text => !text.Text.Contains('<')), "gpt-2");
    }

    [Fact]
    public void Without_a_tokenizer_json_a_class_that_cuts_otherwise_knows_numerals_only()
    {
        IBackboneTokenizer tokenizer = BackboneTokenizers.Open(
            TokenizerFiles.InMemory(
                ("vocab.json", TokenizerFiles.Ids(TokenizerFiles.Pieces).ToJsonString()),
                ("merges.txt", ""),
                ("tokenizer_config.json", """{"tokenizer_class": "Qwen2Tokenizer"}""")),
            s_rows)!;
        tokenizer.EncodeNumeral(7, 9).Should().Equal(Id("7"));
        tokenizer.Invoking(t => t.Encode("a")).Should().Throw<InvalidOperationException>().WithMessage("*tokenizer_config.json': tokenizer_class is 'Qwen2Tokenizer'; supported*");
    }

    [Fact]
    public void Merges_are_taken_in_their_order()
    {
        // "abc": "b c" comes first and leaves a alone, although "a b" stands further left.
        string[] pieces = ["a", "b", "c", "bc", "ab", .. Enumerable.Range(0, 10).Select(digit => $"{digit}")];
        IBackboneTokenizer tokenizer = BackboneTokenizers.FromLists("f", "gpt2", "gpt-2", pieces, ["b c", "a b"], [], pieces.Length);
        tokenizer.Encode("abc").Should().Equal(0, 3);
        tokenizer.Encode("abab").Should().Equal(4, 4);
    }

    [Fact]
    public void Calls_side_by_side_do_not_disturb_each_other()
    {
        IBackboneTokenizer tokenizer = TokenizerFiles.Open(TokenizerFiles.ByteLevel("smollm"), s_rows);
        (string Text, int[] Ids)[] texts = [.. TokenizerFiles.Reference("smollm")];
        Parallel.For(0, 400, i => tokenizer.Encode(texts[i % texts.Length].Text).Should().Equal(texts[i % texts.Length].Ids));
    }

    [Fact]
    public void A_pattern_that_takes_for_ever_is_given_up()
    {
        var json = TokenizerFiles.ByteLevel("qwen2");
        json["normalizer"] = null;
        json["pre_tokenizer"]!["pretokenizers"]![0]!["pattern"]!["Regex"] = "(a+)+b";
        IBackboneTokenizer tokenizer = TokenizerFiles.Open(json, s_rows);
        tokenizer.Encode("aab").Should().NotBeEmpty();
        tokenizer.Invoking(t => t.Encode(new string('a', 40))).Should().Throw<InvalidOperationException>().WithMessage("*'*tokenizer.json'*takes more than 1 s over a text of 40 characters.");
    }

    private static void ShouldEncode(IBackboneTokenizer tokenizer, IEnumerable<(string Text, int[] Ids)> reference, string kind)
    {
        bool composes = "e\u0301".Normalize(NormalizationForm.FormC).Length == 1;
        tokenizer.Kind.Should().Be("byte-level BPE");
        foreach ((string text, int[] ids) in reference)
        {
            if (kind == "qwen2" && !composes && text.Contains('\u0301'))
                tokenizer.Invoking(t => t.Encode(text)).Should().Throw<InvalidOperationException>().WithMessage("*combining marks*");
            else
                tokenizer.Encode(text).Should().Equal(ids, "of '{0}' by {1}", text, kind);
        }
    }

    private static int Id(string piece) => Array.IndexOf(TokenizerFiles.Pieces, piece);
}
