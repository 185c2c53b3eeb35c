using Microsoft.ML.Tokenizers;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Tokenizers;

public sealed class BpeTokenizerTests
{
    private static readonly Dictionary<string, int> Vocabulary = new() { ["a"] = 0, ["b"] = 1, ["c"] = 2, ["bc"] = 3, ["ab"] = 4, ["bcbc"] = 5, ["\U0001F600"] = 6 };
    private static readonly BpeTokenizer Tokenizer = BpeTokenizer.Create(new BpeOptions(Vocabulary) { Merges = ["b c", "a b", "bc bc"] });

    [Fact]
    public void TheFirstOfTheMergesIsJoinedFirstThenTheLeftmost()
    {
        Tokenizer.EncodeToIds("abc").Should().Equal(0, 3);
        Tokenizer.EncodeToIds("abab").Should().Equal(4, 4);
        Tokenizer.EncodeToIds("bcbcbc").Should().Equal(5, 3);
    }

    [Fact]
    public void WordsAreCutUnlessToldOtherwise()
    {
        Tokenizer.EncodeToIds("a b").Should().Equal(0, 1);
        Tokenizer.EncodeToIds("b\U0001F600c").Should().Equal(1, 6, 2);
        BpeTokenizer dashed = BpeTokenizer.Create(new BpeOptions(new Dictionary<string, int> { ["a"] = 0, ["-"] = 1, ["a-"] = 2 }) { Merges = ["a -"] });
        dashed.EncodeToIds("a-").Should().Equal(0, 1);
        dashed.EncodeToIds("a-", considerPreTokenization: false).Should().Equal(2);
    }

    [Fact]
    public void WhatIsNoPieceIsLeftOut() => Tokenizer.EncodeToIds("axb", considerPreTokenization: false).Should().Equal(4);

    [Fact]
    public void NoMoreTokensThanAskedFor()
    {
        Tokenizer.EncodeToIds("abab", 1, out _, out int consumed).Should().Equal(4);
        consumed.Should().Be(2);
    }

    [Fact]
    public void TokensCarryTheirPieceAndPlace() =>
        Tokenizer.EncodeToTokens("c abc", out _).Select(token => (token.Id, token.Value, token.Offset)).Should().Equal((2, "c", 0..1), (0, "a", 2..3), (3, "bc", 3..5));

    [Fact]
    public void DecodingJoinsThePieces() => Tokenizer.Decode([4, 2, 5]).Should().Be("abcbcbc");

    [Fact]
    public void WhatIsInconsistentIsRefused()
    {
        FluentActions.Invoking(() => BpeTokenizer.Create(new BpeOptions(new Dictionary<string, int>()))).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => BpeTokenizer.Create(new BpeOptions(Vocabulary) { Merges = ["ab"] })).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => BpeTokenizer.Create(new BpeOptions(Vocabulary) { Merges = ["a x"] })).Should().Throw<InvalidOperationException>().WithMessage("*'x'*");
    }
}
