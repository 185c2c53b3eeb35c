using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Backbones;

public class NumeralPiecesTests
{
    private static readonly string[] s_digits = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")];

    /// <summary>As many numerals are pieces as are named.</summary>
    private static NumeralPieces Of(int whole) => new(TokenVocabulary.FromList("f", Enumerable.Range(0, whole).Select(numeral => $"{numeral}"), whole));

    [Fact]
    public void Where_every_numeral_is_a_piece_it_stands_for_itself() => Of(100).Encode(57, 99).Should().Equal(57);

    [Fact]
    public void Elsewhere_digits_are_padded_to_the_width_of_the_largest()
    {
        NumeralPieces pieces = Of(100);
        pieces.Encode(57, 100).Should().Equal(0, 5, 7);
        pieces.Encode(0, 1999).Should().Equal(0, 0, 0, 0);
        pieces.Encode(100, 100).Should().Equal(1, 0, 0);
    }

    [Fact]
    public void A_gap_in_the_vocabulary_writes_all_numerals_as_digits()
    {
        // As GPT-2's, whose vocabulary holds many numerals of two and three digits, but not all.
        NumeralPieces pieces = new(TokenVocabulary.FromList("f", [.. s_digits, "10", "12"], 12));
        pieces.Encode(10, 10).Should().Equal(10);
        pieces.Encode(10, 12).Should().Equal(1, 0);
        pieces.Encode(12, 12).Should().Equal(1, 2);
        pieces.Encode(3, 12).Should().Equal(0, 3);
    }

    [Fact]
    public void Neighbours_do_not_run_into_each_other()
    {
        NumeralPieces pieces = Of(10);
        Series(pieces, [1, 12], 12).Should().Equal(0, 1, 1, 2);
        Series(pieces, [11, 2], 12).Should().Equal(1, 1, 0, 2);
    }

    [Fact]
    public void Two_lists_of_numerals_are_never_written_alike() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(10, 200).SelectMany(
            whole => Gen.Choose(1, 2000).SelectMany(
                largest => Gen.Choose(0, largest).ListOf().SelectMany(
                    first => Gen.Choose(0, largest).ListOf().Select(second => (whole, largest, first: first.ToArray(), second: second.ToArray()))))).ToArbitrary(),
        drawn =>
        {
            NumeralPieces pieces = Of(drawn.whole);
            bool written = Series(pieces, drawn.first, drawn.largest).SequenceEqual(Series(pieces, drawn.second, drawn.largest));
            return written == drawn.first.SequenceEqual(drawn.second);
        }));

    [Fact]
    public void Every_cut_of_a_row_of_digits_into_numerals_is_written_in_a_way_of_its_own()
    {
        // 1121 as 1 1 2 1, 11 2 1, 1 12 1, …: without padding all eight would be the same.
        NumeralPieces pieces = Of(10);
        int[][] cuts = [[1, 1, 2, 1], [11, 2, 1], [1, 12, 1], [1, 1, 21], [11, 21], [112, 1], [1, 121], [1121]];
        cuts.Select(cut => string.Join(' ', Series(pieces, cut, 1121))).Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData("{0}", 3)]
    [InlineData("▁{0}", 3)]
    [InlineData("<0x3{0}>", 3)]
    public void Digits_are_found_in_the_form_that_the_vocabulary_has(string form, int digit)
    {
        TokenVocabulary vocabulary = TokenVocabulary.FromList("f", ["<pad>", "12", .. s_digits.Select(text => string.Format(null, form, text))], 12);
        new NumeralPieces(vocabulary).Encode(digit, 9).Should().Equal(2 + digit);
        new NumeralPieces(vocabulary).Encode(digit, 12).Should().Equal(2, 2 + digit);
    }

    [Fact]
    public void A_vocabulary_without_digits_is_refused()
    {
        Action make = () => _ = new NumeralPieces(TokenVocabulary.FromList("f", s_digits[..9], 9));
        make.Should().Throw<NotSupportedException>().WithMessage("'f': the digits 0 to 9 are not all pieces of the vocabulary*");
    }

    private static IEnumerable<int> Series(NumeralPieces pieces, IEnumerable<int> numerals, int largest) => numerals.SelectMany(numeral => pieces.Encode(numeral, largest));
}
