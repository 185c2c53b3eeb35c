using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Tokenizers;

/// <summary>Against the token ids of the reference implementation (Hugging Face's tokenizer of all-MiniLM-L6-v2).</summary>
public sealed class BertTokenizerTests
{
    private static readonly string VocabularyPath = Path.Combine(AppContext.BaseDirectory, "golden", "minilm", "vocab.txt");
    private static readonly BertTokenizer Tokenizer = BertTokenizer.Create(VocabularyPath, new BertOptions { RemoveNonSpacingMarks = true });
    private static readonly JsonElement Reference = ReadReference();

    public static TheoryData<string> Texts => [.. Reference.GetProperty("texts").EnumerateObject().Select(text => text.Name)];

    [Fact]
    public void NumeralsHaveTheIdsOfTheReference()
    {
        var expected = Reference.GetProperty("numerals_0_to_1999").EnumerateArray().Select(Ids).ToArray();
        expected.Should().HaveCount(2000);

        var actual = Enumerable.Range(0, 2000).Select(n => Tokenizer.EncodeToIds($"{n}", addSpecialTokens: false));

        actual.Should().BeEquivalentTo(expected, options => options.WithStrictOrdering());
    }

    [SkippableTheory]
    [MemberData(nameof(Texts))]
    public void TextsHaveTheIdsOfTheReference(string text)
    {
        Skip.If(text.Any(c => c is > '\x7f' and < '\u0250') && !RuntimeDecomposes, "Without ICU the runtime takes no accent off a letter.");

        Tokenizer.EncodeToIds(text, addSpecialTokens: false).Should().Equal(Ids(Reference.GetProperty("texts").GetProperty(text)));
    }

    [Fact]
    public void EncodingFramesTheTextUnlessToldOtherwise()
    {
        Tokenizer.EncodeToIds("42").Should().Equal(101, 4413, 102);
        Tokenizer.EncodeToIds("42", addSpecialTokens: false).Should().Equal(4413);
        (Tokenizer.ClassificationTokenId, Tokenizer.SeparatorTokenId, Tokenizer.PaddingTokenId, Tokenizer.MaskingTokenId, Tokenizer.UnknownTokenId).Should().Be((101, 102, 0, 103, 100));
    }

    [Fact]
    public void AccentsStayUnlessAskedFor()
    {
        BertTokenizer byDefault = BertTokenizer.Create(VocabularyPath);

        byDefault.RemoveNonSpacingMarks.Should().BeFalse();
        byDefault.EncodeToTokens("É", out string? normalized);
        normalized.Should().Be("é");
    }

    [Fact]
    public void SpecialTokensInTheTextAreKeptWhole()
    {
        Tokenizer.EncodeToIds("7 [SEP] 8", addSpecialTokens: false).Should().Equal(1021, 102, 1022);
    }

    [Fact]
    public void TokensCarryTheirPieceAndPlace()
    {
        var tokens = Tokenizer.EncodeToTokens("342", out _);

        tokens.Select(token => (token.Id, token.Value, token.Offset)).Should().Equal((4090, "34", 0..2), (2475, "##2", 2..3));
    }

    [Fact]
    public void AWordThatNoPieceBeginsIsUnknown() => Tokenizer.EncodeToIds("\U0001F600", addSpecialTokens: false).Should().Equal(Tokenizer.UnknownTokenId);

    [Fact]
    public void DecodingJoinsThePieces()
    {
        Tokenizer.Decode([4090, 2475, 1014]).Should().Be("342 0");

        Span<char> destination = stackalloc char[3];
        Tokenizer.Decode([4090, 2475, 1014], destination, out int consumed, out int written).Should().Be(System.Buffers.OperationStatus.DestinationTooSmall);
        (consumed, written, destination.ToString()).Should().Be((2, 3, "342"));
    }

    [Fact]
    public void AVocabularyWithoutTheSpecialTokensIsRefused()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes("a\nb\n"));

        FluentActions.Invoking(() => BertTokenizer.Create(stream)).Should().Throw<ArgumentException>().WithMessage("*[UNK]*");
    }

    private static bool RuntimeDecomposes => "é".Normalize(NormalizationForm.FormD).Length == 2;

    private static int[] Ids(JsonElement ids) => [.. ids.EnumerateArray().Select(id => id.GetInt32())];

    private static JsonElement ReadReference()
    {
        string folder = Environment.GetEnvironmentVariable("SOFTPROMPT_GOLDEN") is { Length: > 0 } set ? set : Path.Combine(AppContext.BaseDirectory, "golden");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "minilm", "tokens.json")));
        return document.RootElement.Clone();
    }
}
