using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Benchmarks.Results;

public sealed class ResultsFileTests : IDisposable
{
    private readonly Buffers _buffers = new();

    private string File => _buffers.Path("cells.jsonl");

    public void Dispose() => _buffers.Dispose();

    [Fact]
    public void A_cell_comes_back_as_it_was()
    {
        BenchmarkCell cell = Cells.Make(scores: [double.MaxValue, 0.1, 1e-300, -3], settings: [("bins", "100")]);

        ResultsFile.Append(File, cell);

        BenchmarkCell read = ResultsFile.Read(File, _buffers.Console).Single();
        read.Should().BeEquivalentTo(cell);
        read.Key.Should().Be(cell.Key).And.Be("nab|windows|spear|bins=100 limit=all/all/all split=60/20/20|1|||0.3.0|0123456789abcdef");
        read.SourceOfEach().Should().Equal("a", "a", "b", "b");
        read.LabelOfEach().Should().Equal(true, false, true, false);
    }

    [Fact]
    public void A_line_that_breaks_off_is_said_and_cut_off_by_the_next_cell()
    {
        ResultsFile.Append(File, Cells.Make(seed: 1));
        ResultsFile.Append(File, Cells.Make(seed: 2));
        string whole = System.IO.File.ReadAllText(File);
        System.IO.File.WriteAllText(File, whole[..^40]);

        ResultsFile.Read(File, _buffers.Console).Select(cell => cell.Seed).Should().Equal(1);
        _buffers.Error.Should().Contain("line 2: the last line breaks off");

        ResultsFile.Append(File, Cells.Make(seed: 3));
        ResultsFile.Read(File, _buffers.Console).Select(cell => cell.Seed).Should().Equal(1, 3);
    }

    [Fact]
    public void A_last_line_that_lacks_nothing_but_its_end_is_a_cell()
    {
        ResultsFile.Append(File, Cells.Make(seed: 1));
        System.IO.File.WriteAllText(File, System.IO.File.ReadAllText(File).TrimEnd('\n'));

        ResultsFile.Append(File, Cells.Make(seed: 2));

        ResultsFile.Read(File, _buffers.Console).Select(cell => cell.Seed).Should().Equal(1, 2);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("")]
    public void A_damaged_line_elsewhere_is_refused(string line)
    {
        ResultsFile.Append(File, Cells.Make());
        System.IO.File.WriteAllText(File, line + "\n" + System.IO.File.ReadAllText(File));

        FluentActions.Invoking(() => ResultsFile.Read(File, _buffers.Console)).Should().Throw<ToolException>().WithMessage($"{File}, line 1: not a cell*");
    }

    [Fact]
    public void Scores_without_their_labels_are_no_cell()
    {
        System.IO.File.WriteAllText(File, Cells.Make().ToLine().Replace("\"1010\"", "\"101\"", StringComparison.Ordinal) + "\n\n");

        FluentActions.Invoking(() => ResultsFile.Read(File, _buffers.Console)).Should().Throw<ToolException>().WithMessage("*4 scores, 3 labels*");
    }

    [Fact]
    public async Task Cells_of_many_writers_are_all_there()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
        {
            for (int i = 0; i < 10; i++)
                ResultsFile.Append(File, Cells.Make(seed: writer * 10 + i));
        })));

        ResultsFile.Read(File, _buffers.Console).Select(cell => cell.Seed).Order().Should().Equal(Enumerable.Range(0, 40));
    }
}
