using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Data;

public sealed class LiveLinesTests
{
    private static string[] Next(LiveLines lines) => [.. lines.Read(CancellationToken.None).Lines.Select(line => $"{line.Number}:{line.Text ?? "no text"}")];

    [Fact]
    public void A_half_written_line_waits_for_its_end()
    {
        using var buffers = new Buffers();
        string path = buffers.Write("a.csv", "\uFEFFtime,value\r\n1,2\n3,");
        using var file = new FollowedFile(path, buffers.Console);
        var lines = new LiveLines(file, path, buffers.Console);

        Next(lines).Should().Equal("1:time,value", "2:1,2");
        Next(lines).Should().BeEmpty();
        File.AppendAllText(path, "4\n\n5,6\nü");
        Next(lines).Should().Equal("3:3,4", "4:", "5:5,6");
        File.AppendAllText(path, "\n");
        Next(lines).Should().Equal("6:ü");
    }

    [Fact]
    public void What_is_written_is_passed_over_but_for_half_a_line_at_its_end()
    {
        using var buffers = new Buffers();
        string path = buffers.Write("a.csv", string.Concat(Enumerable.Range(1, 40_000).Select(i => $"{i}\n")) + "half");
        using var file = new FollowedFile(path, buffers.Console);
        var lines = new LiveLines(file, path, buffers.Console);

        lines.SkipWritten(CancellationToken.None).Should().Be(new LiveLine(1, "1"));
        File.AppendAllText(path, " whole\n");

        Next(lines).Should().Equal("40001:half whole");
    }

    [Fact]
    public void A_file_that_became_shorter_is_read_from_its_start_and_the_half_line_told()
    {
        using var buffers = new Buffers();
        string path = buffers.Write("a.csv", "value\n1\n2\nhal");
        using var file = new FollowedFile(path, buffers.Console);
        var lines = new LiveLines(file, path, buffers.Console);
        Next(lines);

        File.WriteAllText(path, "value\n7\n");
        LiveLineBatch batch = lines.Read(CancellationToken.None);

        batch.StartsAnew.Should().BeTrue();
        batch.Lines.Should().Equal(new LiveLine(1, "value"), new LiveLine(2, "7"));
        buffers.Error.Should().Be($"warning: {path} became shorter; reading it from its start.\nwarning: {path}, line 4: only half of the line was written before the file started anew; it is passed over.\n");
    }

    [Fact]
    public void A_file_that_another_took_the_place_of_is_read_to_its_end_and_then_the_other_one()
    {
        using var buffers = new Buffers();
        string path = buffers.Write("a.csv", "value\n1\n");
        using var file = new FollowedFile(path, buffers.Console);
        var lines = new LiveLines(file, path, buffers.Console);
        Next(lines);

        File.AppendAllText(path, "2\n");
        File.Move(path, buffers.Path("a.csv.1"));
        Next(lines).Should().Equal("3:2");
        Next(lines).Should().BeEmpty();
        Next(lines).Should().BeEmpty();
        File.AppendAllText(buffers.Path("a.csv.1"), "3\n");
        Next(lines).Should().Equal("4:3");
        buffers.Write("a.csv", "value\n4\n");
        Next(lines).Should().Equal("1:value", "2:4");

        buffers.Error.Split('\n').Should().HaveCount(3, "that it is gone is told once, and that it was replaced");
    }

    [Fact]
    public void The_last_line_of_an_input_that_ends_needs_no_line_break_and_what_is_not_text_is_told_from_it()
    {
        using var buffers = new Buffers();
        using var source = new LiveStream(new MemoryStream([.. "a\n"u8, 0xFF, .. "\nb"u8]));
        var lines = new LiveLines(source, "standard input", buffers.Console);

        var found = new List<LiveLine>();
        bool ended = false;
        while (!ended)
        {
            LiveLineBatch batch = lines.Read(CancellationToken.None);
            found.AddRange(batch.Lines);
            ended = batch.Ended;
        }
        found.Should().Equal(new LiveLine(1, "a"), new LiveLine(2, null), new LiveLine(3, "b"));
    }

    [Fact]
    public void A_file_without_line_breaks_is_refused()
    {
        using var buffers = new Buffers();
        using var source = new LiveStream(new MemoryStream(new byte[3 << 20]));
        var lines = new LiveLines(source, "zeros", buffers.Console);

        FluentActions.Invoking(() =>
        {
            while (!lines.Read(CancellationToken.None).Ended)
            {
            }
        }).Should().Throw<ToolException>().WithMessage("zeros, line 1: longer than 1048576 bytes*");
    }
}
