using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Output;

public sealed class SeriesPlotTests
{
    [Fact]
    public void Draws_a_column_a_reading_and_marks_what_was_flagged()
    {
        float[] values = [10, 10, 5, 0, 10, float.NaN];
        bool[] flagged = [false, false, false, true, false, false];
        bool[] labels = [false, false, true, true, false, false];

        new SeriesPlot(columns: 6, rows: 3).Lines(values, flagged, labels).Should().Equal(
            "   10 │··  ·",
            "      │  ·",
            "    0 │   █",
            "      └──────",
            "found     ^",
            "label    ==");
    }

    [Fact]
    public void A_column_of_several_readings_spans_from_the_lowest_to_the_highest()
    {
        new SeriesPlot(columns: 2, rows: 3).Lines([0, 2, 1, 1], new bool[4], new bool[4]).Take(3)
            .Should().Equal("    2 │·", "      │··", "    0 │·");
    }

    [Fact]
    public void A_constant_series_is_a_line()
    {
        new SeriesPlot(columns: 3, rows: 2).Lines([4, 4, 4], new bool[3], new bool[3]).Take(2).Should().Equal("    4 │", "    4 │···");
    }
}
