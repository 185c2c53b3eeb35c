using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Training;

public sealed class TokenTableTests
{
    private static readonly int s_missing = BackboneInput.Supplied(0);

    [Fact]
    public void Tokens_become_the_pieces_of_their_bins_numerals()
    {
        BackboneInput input = Fill(new MixingBackbone(), 10, [1, 10, 0, 4], LabelKind.Series, SoftPromptPooling.Mean);

        input.Positions(0).ToArray().Should().Equal(0, 9, s_missing, 3);
        input.Wanted(0).ToArray().Should().Equal(2, 3, 4, 5); // behind a prompt of two rows
    }

    [Fact]
    public void Numerals_of_several_pieces_are_read_at_their_last()
    {
        var backbone = new MixingBackbone(writesDigits: true);

        // Of 100 bins, bin 7 is "07" and bin 42 "42"; a missing value takes one position.
        BackboneInput input = Fill(backbone, 100, [8, 0, 43], LabelKind.Point, SoftPromptPooling.First);

        input.Positions(0).ToArray().Should().Equal(0, 7, s_missing, 4, 2);
        input.Wanted(0).ToArray().Should().Equal(3, 4, 6);
        TokenTable.ForBins(backbone, 100).CountPositions([8, 0, 43]).Should().Be(5);
    }

    [Fact]
    public void Pooling_by_the_maximum_wants_every_value() =>
        Fill(new MixingBackbone(), 10, [1, 2, 3], LabelKind.Series, SoftPromptPooling.Max).Wanted(0).ToArray().Should().Equal(2, 3, 4);

    [Theory]
    [InlineData(SoftPromptPooling.Last, 5)]
    [InlineData(SoftPromptPooling.First, 0)]
    public void Pooling_wants_one_position(SoftPromptPooling pooling, int expected) =>
        Fill(new MixingBackbone(), 10, [1, 2, 3, 4], LabelKind.Series, pooling).Wanted(0).ToArray().Should().Equal(expected);

    [Fact]
    public void Missing_row_starts_as_the_mean_of_the_bins_rows()
    {
        var backbone = new MixingBackbone(hiddenSize: 2, writesDigits: true);
        var rows = new float[4];
        backbone.CopyTokenRow(0, rows.AsSpan(0, 2));
        backbone.CopyTokenRow(1, rows.AsSpan(2, 2));

        // Bins "00" … "10" would be eleven; take the pieces by hand: bin 0 is [0], bin 1 is [0, 1].
        float[] start = TokenTable.FromPieces(backbone, [[0], [0, 1]]).InitialMissingRow();

        start[0].Should().BeApproximately(0.75f * rows[0] + 0.25f * rows[2], 1e-6f);
        start[1].Should().BeApproximately(0.75f * rows[1] + 0.25f * rows[3], 1e-6f);
    }

    [Fact]
    public void Series_beyond_the_backbones_positions_is_refused_with_the_numbers()
    {
        TokenTable table = TokenTable.ForBins(new MixingBackbone(maxPositions: 10, writesDigits: true), 20);

        Action check = () => table.CheckFits([1, 2, 3, 4], 3, LabelKind.Series);

        check.Should().Throw<ArgumentException>().WithMessage("A series of 4 values takes 8 positions and the prompt 3, but mixing has 10 positions. Use shorter windows*");
        // 4 values and the prompt are 7 positions; of the 7 that the prompt leaves, 3 values fill 6.
        check.Should().Throw<ArgumentException>().WithMessage("*Fewer bins than 20 have shorter numerals; in one position each the values would fit. A model trained with TruncateLongSeries reads the last 3 values. (*");
        Advice(table, [1, 2, 3, 4], LabelKind.Point).Should().NotContain("TruncateLongSeries").And.Contain("Fewer bins");
        Advice(table, [1, 2, 3, 4, 5, 6, 7, 8], LabelKind.Series).Should().NotContain("Fewer bins").And.Contain("TruncateLongSeries");
        Advice(table, [0, 0, 0, 0, 0, 0, 0, 0], LabelKind.Point).Should().NotContain("Fewer bins").And.NotContain("TruncateLongSeries");
        table.CheckFits([1, 2, 3], 3, LabelKind.Series).Should().Be(9);
        table.CheckFits([1, 2, 3, 4, 5], 0, LabelKind.Series).Should().Be(10);
        table.CountLastValuesThatFit([1, 2, 3, 4], 3).Should().Be(3);
        table.CountLastValuesThatFit([1, 0, 0, 4], 3).Should().Be(4 - 0);
    }

    private static string Advice(TokenTable table, uint[] series, LabelKind labelKind) =>
        table.Invoking(t => t.CheckFits(series, 3, labelKind)).Should().Throw<ArgumentException>().Which.Message;

    [Fact]
    public void Malformed_series_are_refused()
    {
        TokenTable table = TokenTable.ForBins(new MixingBackbone(), 10);
        Action empty = () => table.CountPositions([]);
        Action beyond = () => table.CountPositions([1, 11]);

        empty.Should().Throw<ArgumentException>().WithMessage("A series has no values*");
        beyond.Should().Throw<ArgumentException>().WithMessage("The token at index 1 is 11; with 10 bins tokens are 0 (missing) to 10.*");
    }

    [Fact]
    public void Backbone_without_a_tokenizer_cannot_write_bins()
    {
        Action make = () => TokenTable.ForBins(new MixingBackbone { HasTokenizer = false }, 10);

        make.Should().Throw<InvalidOperationException>().WithMessage("The backbone mixing came without a tokenizer*");
    }

    private static BackboneInput Fill(MixingBackbone backbone, int bins, uint[] tokens, LabelKind labelKind, SoftPromptPooling pooling)
    {
        var input = new BackboneInput(backbone.HiddenSize);
        input.Clear(new float[2 * backbone.HiddenSize], new float[backbone.HiddenSize]);
        TokenTable.ForBins(backbone, bins).AddTo(input, tokens, labelKind, pooling);
        return input;
    }
}
