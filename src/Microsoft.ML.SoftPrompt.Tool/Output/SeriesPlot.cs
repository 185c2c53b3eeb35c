using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>
/// A series as a plot of characters: each column spans the readings that fall into it from lowest to highest, solid (█) where a
/// reading was flagged, light (·) elsewhere, so that the plot is legible without colour; a row of marks below repeats it.
/// </summary>
internal sealed class SeriesPlot(int columns, int rows = SeriesPlot.DefaultRows)
{
    // Wider adds nothing to the eye; narrower shows no shape.
    private const int MaxColumns = 84;
    private const int MinColumns = 20;
    private const int DefaultRows = 12;

    // The axis and its numbers in front of the columns.
    private const int Margin = 10;
    private const char Ordinary = '·';
    private const char Flagged = '█';
    private const string FlaggedLabel = "found";
    private const string LabelledLabel = "label";

    /// <summary>The lines of the plot, top down, without colour.</summary>
    /// <param name="values">The readings; NaN leaves a gap.</param>
    /// <param name="flagged">What the model said, of the values' length.</param>
    /// <param name="labels">What was labelled, of the values' length.</param>
    public IReadOnlyList<string> Lines(IReadOnlyList<float> values, IReadOnlyList<bool> flagged, IReadOnlyList<bool> labels)
    {
        int width = Math.Min(columns, values.Count);
        float low = values.Where(float.IsFinite).DefaultIfEmpty(0).Min(), high = values.Where(float.IsFinite).DefaultIfEmpty(0).Max();
        var canvas = new char[rows][];
        for (int row = 0; row < rows; row++)
            canvas[row] = Enumerable.Repeat(' ', width).ToArray();
        var found = new StringBuilder();
        var labelled = new StringBuilder();
        for (int column = 0; column < width; column++)
        {
            Range readings = Readings(column, width, values.Count);
            DrawColumn(canvas, column, values, flagged, readings, low, high);
            found.Append(Any(flagged, readings) ? '^' : ' ');
            labelled.Append(Any(labels, readings) ? '=' : ' ');
        }

        string top = Level(high), bottom = Level(low);
        int margin = Math.Max(Math.Max(top.Length, bottom.Length), FlaggedLabel.Length);
        var lines = new List<string>();
        for (int row = 0; row < rows; row++)
            lines.Add($"{(row == 0 ? top : row == rows - 1 ? bottom : "").PadLeft(margin)} │{new string(canvas[row]).TrimEnd()}");
        lines.Add($"{new string(' ', margin)} └{new string('─', width)}");
        lines.Add($"{FlaggedLabel.PadLeft(margin)}  {found.ToString().TrimEnd()}".TrimEnd());
        lines.Add($"{LabelledLabel.PadLeft(margin)}  {labelled.ToString().TrimEnd()}".TrimEnd());
        return lines;
    }

    /// <summary>Writes a plot as wide as the terminal allows, with what was flagged in red where it has colours.</summary>
    public static void Write(IAnsiConsole console, IReadOnlyList<float> values, IReadOnlyList<bool> flagged, IReadOnlyList<bool> labels)
    {
        var plot = new SeriesPlot(Math.Clamp(console.Profile.Width - Margin, MinColumns, MaxColumns));
        foreach (string line in plot.Lines(values, flagged, labels))
        {
            string text = Markup.Escape(line).Replace($"{Flagged}", $"[red]{Flagged}[/]", StringComparison.Ordinal).Replace("^", "[red]^[/]", StringComparison.Ordinal);
            console.MarkupLine(text);
        }
    }

    private void DrawColumn(char[][] canvas, int column, IReadOnlyList<float> values, IReadOnlyList<bool> flagged, Range readings, float low, float high)
    {
        (int from, int to) = (readings.Start.Value, readings.End.Value);
        float[] finite = Enumerable.Range(from, to - from).Select(i => values[i]).Where(float.IsFinite).ToArray();
        if (finite.Length == 0)
            return;
        char mark = Any(flagged, readings) ? Flagged : Ordinary;
        for (int row = Row(finite.Max(), low, high); row <= Row(finite.Min(), low, high); row++)
            canvas[row][column] = mark;
    }

    private int Row(float value, float low, float high) =>
        high > low ? (int)Math.Round((rows - 1) * (1.0 - ((double)value - low) / ((double)high - low)), MidpointRounding.AwayFromZero) : rows - 1;

    private static Range Readings(int column, int width, int count) => (int)((long)column * count / width)..(int)((column + 1L) * count / width);

    private static bool Any(IReadOnlyList<bool> marks, Range readings)
    {
        for (int i = readings.Start.Value; i < readings.End.Value; i++)
        {
            if (marks[i])
                return true;
        }
        return false;
    }

    private static string Level(float value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
