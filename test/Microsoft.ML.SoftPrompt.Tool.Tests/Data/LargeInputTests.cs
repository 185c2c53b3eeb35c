using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Data;

/// <summary>Inputs of an unusual shape: each is read or refused in about the time and the memory of its size. The limits are generous; what they guard against takes hours.</summary>
public sealed class LargeInputTests : IDisposable
{
    private const int Million = 1_000_000, HundredThousand = 100_000, Labels = 30_000;
    // Against hanging: what grows with the square of a million takes hours.
    private static readonly TimeSpan s_soon = TimeSpan.FromMinutes(5);

    private readonly Buffers _buffers = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public void Dispose()
    {
        _buffers.Dispose();
        _watch.Elapsed.Should().BeLessThan(s_soon);
    }

    [Fact]
    public void Very_many_columns_of_numbers_are_refused_by_a_message_of_a_few() => Wide(200_000);

    [Fact]
    [Trait("Category", "Long")]
    public void A_million_columns_of_numbers_are_refused_by_a_message_of_a_few() => Wide(Million);

    private void Wide(int columns)
    {
        string csv = $"{string.Join(',', Enumerable.Range(0, columns).Select(i => $"c{i}"))}\n{string.Join(',', Enumerable.Repeat("1", columns))}\n";

        FluentActions.Invoking(() => Read("wide.csv", csv)).Should().Throw<ToolException>().WithMessage($"*several columns that could be the value: c0, c1, *c49 and {columns - 50:N0} more*")
            .Which.Message.Length.Should().BeLessThan(1000);
    }

    [Fact]
    public void A_line_of_ten_million_letters_is_a_cell()
    {
        SeriesData data = Read("long.csv", $"value,note\n1,{new string('x', 10 * Million)}\n2,\n");

        data.Series[0].Readings.Select(reading => reading.Value).Should().Equal(1, 2);
    }

    [Fact]
    public void A_message_that_quotes_a_long_cell_is_printed_short_and_without_what_steers_a_terminal()
    {
        string csv = _buffers.Write("cell.csv", $"value,label\n1,0\n\u001b[2J{new string('x', Million)},0\n");

        FluentActions.Invoking(() => Read("cell.csv", File.ReadAllText(csv), new NamedColumns("value"))).Should().Throw<ToolException>().Which.Message.Length.Should().BeGreaterThan(Million);
        Application.Run(["train", "--model", _buffers.Path("m.zip"), "--value", "value", "--data", csv, "--backbone", TinyBackbone.Folder], _buffers.Console).Should().Be(Application.Failed);

        _buffers.Error.Should().Contain("line 3, column 'value': found '\uFFFD[2Jxxx").And.NotContain("\u001b");
        _buffers.Error.Length.Should().BeLessThan(10_000);
    }

    [Fact]
    public void A_hundred_thousand_groups_are_read()
    {
        var csv = new StringBuilder("host,value\n");
        for (int i = 0; i < HundredThousand; i++)
            csv.Append(CultureInfo.InvariantCulture, $"h{i},1\nh{i},2\n");

        Read("groups.csv", csv.ToString()).Series.Should().HaveCount(HundredThousand).And.OnlyContain(series => series.Count == 2);
    }

    [Theory]
    [InlineData("deep.json", "[")]
    [InlineData("deep.jsonl", "[")]
    [InlineData("deep.json", "{\"a\":")]
    public void A_hundred_thousand_levels_of_JSON_are_refused(string name, string level) =>
        FluentActions.Invoking(() => Read(name, string.Concat(Enumerable.Repeat(level, HundredThousand)))).Should().Throw<ToolException>().WithMessage($"*{name}, line 1, byte*: not proper JSON: *depth*");

    [Fact]
    public void A_hundred_thousand_levels_in_a_label_file_are_refused() =>
        FluentActions.Invoking(() => NabLabelFile.Read(_buffers.Write("labels.json", string.Concat(Enumerable.Repeat("{\"a\":", HundredThousand))))).Should().Throw<ToolException>().WithMessage("*labels.json is not proper JSON*");

    [Fact]
    public void Objects_that_share_no_key_are_refused_before_they_take_the_square_of_their_number()
    {
        var lines = new StringBuilder();
        for (int i = 0; i < HundredThousand; i++)
            lines.Append(CultureInfo.InvariantCulture, $"{{\"k{i}\": 1}}\n");

        FluentActions.Invoking(() => Read("sparse.jsonl", lines.ToString())).Should().Throw<ToolException>().WithMessage("*sparse.jsonl, line *different keys between them*");
    }

    [Fact]
    public void Keys_of_equal_hashes_are_put_into_order_as_soon_as_others()
    {
        // A decimal's hash is made of its 32-bit words by exclusive or: of these all are alike.
        InputRow[] rows = [.. Enumerable.Range(1, HundredThousand).Select(i => new InputRow(i, [new decimal(i, i, 0, false, 0).ToString(CultureInfo.InvariantCulture)]))];
        rows.Select(row => decimal.Parse(row.Cells[0], CultureInfo.InvariantCulture).GetHashCode()).Distinct().Count().Should().BeLessThan(100, "else this tests nothing");

        RowOrder.Sort(new InputTable("query", null, ["t"], rows), "t", null).Rows.Should().HaveCount(HundredThousand);
    }

    [Fact]
    public void Tens_of_thousands_of_label_windows_are_looked_up_and_not_compared_with_every_reading()
    {
        DateTime start = new(2014, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        string Time(int minute) => start.AddMinutes(minute).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        string csv = _buffers.Write("cpu.csv", $"timestamp,value\n{string.Concat(Enumerable.Range(0, Labels).Select(i => $"{Time(2 * i)},1\n"))}");
        string labels = _buffers.Write("labels.json", $"{{\"cpu.csv\": [{string.Join(',', Enumerable.Range(0, Labels).Select(i => $"[\"{Time(2 * i)}\",\"{Time(2 * i + i % 2)}\"]"))}]}}");

        SeriesReader.Read(new SeriesSource([csv], new NamedColumns(), labels), _buffers.Console).AnomalyCount.Should().Be(Labels);
    }

    private SeriesData Read(string name, string text, NamedColumns? named = null) => SeriesReader.Read(new SeriesSource([_buffers.Write(name, text)], named ?? new NamedColumns()), _buffers.Console);
}
