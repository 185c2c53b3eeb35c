using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Data;

public sealed class BinaryFormatTests
{
    private static readonly byte[] Parquet = [.. "PAR1"u8, 0x15, 0x00, 0x15, 0xFF, .. "PAR1"u8];

    [Theory]
    [InlineData("data.parquet")]
    [InlineData("data.Parquet")]
    [InlineData("data.csv")]
    [InlineData("data.jsonl")]
    public void A_parquet_file_is_refused_by_its_extension_and_by_its_marks_with_a_command_that_writes_csv(string name)
    {
        using var buffers = new Buffers();
        File.WriteAllBytes(buffers.Path(name), Parquet);

        FluentActions.Invoking(() => TableReader.Read(new InputFile(buffers.Path(name)), buffers.Console))
            .Should().Throw<ToolException>().WithMessage($"*{name} is a Parquet file, which is not read.*duckdb -c \"COPY (FROM '{buffers.Path(name)}') TO 'data.csv' (FORMAT csv, HEADER)\"");
    }

    [Fact]
    public void A_csv_file_may_begin_as_a_parquet_file_does()
    {
        using var buffers = new Buffers();

        TableReader.Read(new InputFile(buffers.Write("a.csv", "PAR1\n5\n")), buffers.Console).Columns.Should().Equal("PAR1");
    }

    [Fact]
    public void A_pipe_is_looked_at_too()
    {
        using var input = new PipeStream(Parquet);
        using var buffers = new Buffers();
        var console = new ToolConsole(() => input, TextWriter.Null, TextWriter.Null, false, false);

        FluentActions.Invoking(() => TableReader.Read(new InputFile((string?)null), console)).Should().Throw<ToolException>().WithMessage("standard input is a Parquet file*");
    }

    [Fact]
    public void A_database_given_as_data_is_sent_to_the_option_for_it()
    {
        using var buffers = new Buffers();

        FluentActions.Invoking(() => TableReader.Read(new InputFile(buffers.Write("a.csv", "SQLite format 3\0")), buffers.Console))
            .Should().Throw<ToolException>().WithMessage("*a.csv is a SQLite database. Give it to --database*");
    }

    /// <summary>Standard input as a pipe gives it: once, from front to end.</summary>
    private sealed class PipeStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
