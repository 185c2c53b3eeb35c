using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Output;

public sealed class ScoresWriterTests
{
    private static readonly ReadingScore[] TwoScores = [new(0, 0.5f, false), new(2, 0.8807971f, true)];

    private static InputTable Table(Buffers buffers, string name, string csv) => CsvTableReader.Read(new InputFile(buffers.Write(name, csv)), buffers.Console);

    [Fact]
    public void Writes_the_cells_back_as_they_stood_with_the_scores_behind()
    {
        using var buffers = new Buffers();
        var writer = new StringWriter();
        InputTable table = Table(buffers, "a.csv", "note;value\n\"x; \"\"y\"\"\";1.50\nz;007\n");

        ScoresWriter.Write(writer, [table], [TwoScores]);

        writer.ToString().Should().Be("note;value;PredictedLabel;Score;Probability\n\"x; \"\"y\"\"\";1.50;0;0;0.5\nz;007;1;2;0.8807971\n");
    }

    [Fact]
    public void Several_files_are_told_apart_by_a_last_column()
    {
        using var buffers = new Buffers();
        var writer = new StringWriter();
        InputTable[] tables = [Table(buffers, "a.csv", "value\n1\n"), Table(buffers, "b.csv", "value\n2\n")];

        ScoresWriter.Write(writer, tables, [[new ReadingScore(0, 0.5f, false)], [new ReadingScore(0, 0.5f, false)]]);

        writer.ToString().Should().Be($"value,PredictedLabel,Score,Probability,file\n1,0,0,0.5,{tables[0].Name}\n2,0,0,0.5,{tables[1].Name}\n");
    }

    [Fact]
    public void Refuses_input_that_was_scored_already_and_files_of_different_columns()
    {
        using var buffers = new Buffers();
        InputTable scored = Table(buffers, "a.csv", "value,Score\n1,2\n"), plain = Table(buffers, "b.csv", "value\n1\n"), other = Table(buffers, "c.csv", "x,value\n1,1\n");

        FluentActions.Invoking(() => ScoresWriter.Check([scored])).Should().Throw<ToolException>().WithMessage("*a.csv already has a column 'Score'*");
        FluentActions.Invoking(() => ScoresWriter.Check([plain, other])).Should().Throw<ToolException>().WithMessage("*c.csv has the columns x, value, but *b.csv has value*");
    }
}
