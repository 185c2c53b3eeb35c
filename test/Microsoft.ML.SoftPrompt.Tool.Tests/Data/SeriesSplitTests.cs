using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Data;

public sealed class SeriesSplitTests
{
    private static ReadingSeries Series(string name, int count) =>
        new(name, Enumerable.Range(0, count).Select(i => new Reading(i, null, false, 0, i)).ToArray());

    [Fact]
    public void Cuts_every_series_by_itself_in_the_order_of_the_data()
    {
        ReadingSeries[] series = [Series("a", 10), Series("b", 5)];
        SeriesSplit split = SeriesSplit.Parse("60/20/20");

        split.Cut(series, SeriesPart.Train).Select(part => part.Count).Should().Equal(6, 3);
        split.Cut(series, SeriesPart.Validation)[0].Readings.Select(reading => reading.Row).Should().Equal(6, 7);
        split.Cut(series, SeriesPart.Test)[1].Readings.Select(reading => reading.Row).Should().Equal(4);
        split.Cut(series, SeriesPart.All).Select(part => part.Count).Should().Equal(10, 5);
    }

    [Fact]
    public void The_parts_hold_every_reading_once_whatever_the_length()
    {
        SeriesSplit split = SeriesSplit.Parse("33.3/33.3/33.4");
        for (int count = 1; count < 40; count++)
        {
            ReadingSeries[] series = [Series("a", count)];
            new[] { SeriesPart.Train, SeriesPart.Validation, SeriesPart.Test }.SelectMany(part => split.Cut(series, part))
                .SelectMany(part => part.Readings).Select(reading => reading.Row).Should().Equal(Enumerable.Range(0, count));
        }
    }

    [Fact]
    public void None_trains_on_everything()
    {
        SeriesSplit.Parse("none").Cut([Series("a", 7)], SeriesPart.Train)[0].Count.Should().Be(7);
        SeriesSplit.Parse("none").Validation.Should().Be(0);
    }

    [Theory]
    [InlineData("60/20")]
    [InlineData("60/20/30")]
    [InlineData("0/50/50")]
    [InlineData("-10/60/50")]
    [InlineData("a/b/c")]
    public void Other_splits_are_refused(string text) =>
        FluentActions.Invoking(() => SeriesSplit.Parse(text)).Should().Throw<FormatException>().WithMessage($"'{text}' is no split*60/20/20*");
}
