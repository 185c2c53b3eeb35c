using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Data;

public sealed class JsonTableReaderTests
{
    private static InputTable Read(Buffers buffers, string name, string json) => TableReader.Read(new InputFile(buffers.Write(name, json)), buffers.Console);

    [Fact]
    public void Columns_are_the_keys_as_they_first_appear_and_a_key_that_lacks_is_a_missing_value()
    {
        using var buffers = new Buffers();

        InputTable table = Read(buffers, "data.jsonl", """
            {"time": "2020-01-01", "value": 1.50}
            {"value": null, "host": "a \"b\"", "time": "2020-01-02"}
            {}
            {"bad": true, "value": 1e-3}
            """);

        table.Columns.Should().Equal("time", "value", "host", "bad");
        table.Rows.Select(row => string.Join('|', row.Cells)).Should().Equal("2020-01-01|1.50||", "2020-01-02||a \"b\"|", "|||", "|1e-3||true");
        table.Rows.Select(row => table.Place(row)).Should().Equal(Enumerable.Range(1, 4).Select(line => $"{table.Name}, line {line}"));
    }

    [Fact]
    public void An_array_is_read_with_rows_counted_from_1()
    {
        using var buffers = new Buffers();

        InputTable table = Read(buffers, "data.JSON", "\uFEFF[{\"value\": 1},\n\n {\"value\": 2}]\n");

        table.Rows.Select(row => row.Cells[0]).Should().Equal("1", "2");
        table.Place(table.Rows[1], 0).Should().EndWith("data.JSON, row 2, column 'value'");
    }

    [Fact]
    public void Readings_times_and_labels_come_out_as_from_csv()
    {
        using var buffers = new Buffers();
        string json = buffers.Write("aws/cpu.json", """[{"timestamp": "2014-04-10 07:10:00", "value": 1}, {"timestamp": "2014-04-10 07:15:00", "value": null}]""");
        string labels = buffers.Write("labels.json", """{"aws/cpu.csv": ["2014-04-10 07:15:00"]}""");

        SeriesData data = SeriesReader.Read(new SeriesSource([json], new NamedColumns(), labels), buffers.Console);

        data.Series.Should().ContainSingle().Which.Readings.Select(reading => (reading.Value, reading.IsAnomaly)).Should().Equal((1f, false), (float.NaN, true));
        data.Columns.Should().Be(new SeriesColumns("value", "timestamp"));
    }

    [Theory]
    [InlineData("a.jsonl", "{\"value\": 1}\n{\"value\": {\"x\": 1}}\n", "a.jsonl, line 2, key 'value': found a nested Object*")]
    [InlineData("a.ndjson", "{\"value\": 1}\n{\"value\": [1, 2]}\n", "a.ndjson, line 2, key 'value': found a nested Array*")]
    [InlineData("a.json", "[{\"value\": 1}, {\"value\": 2, \"value\": 3}]", "a.json, row 2: the key 'value' stands there more than once*")]
    [InlineData("a.json", "[{\"value\": 1}, 2]", "a.json, row 2: found a JSON Number where an object*")]
    [InlineData("a.json", "{\"value\": 1}", "a.json: found a JSON Object where an array of objects*.jsonl.")]
    [InlineData("a.json", "[\n{\"value\": 1},\n{\"value\" 2}]", "a.json, line 3, byte 10: not proper JSON: '2' is invalid after a property name.*")]
    [InlineData("a.json", "[{\"value\": 1,}]", "a.json, line 1, byte 14: not proper JSON: The JSON object contains a trailing comma at the end which is not supported in this mode.")]
    [InlineData("a.jsonl", "{\"value\": 1}\n{\"value\": 1,5}\n", "a.jsonl, line 2, byte 13: not proper JSON: '5' is an invalid start of a property name.*")]
    [InlineData("a.jsonl", "{\"value\": 1}\n[1]\n", "a.jsonl, line 2: found a JSON Array where an object*")]
    [InlineData("a.jsonl", "{\"value\": 1}\n\n{\"value\": 2}\n", "a.jsonl, line 2: a blank line before a reading*")]
    [InlineData("a.jsonl", "{\"value\": NaN}\n", "a.jsonl, line 1, byte 11: not proper JSON: 'N' is an invalid start of a value.")]
    [InlineData("a.jsonl", "{\"value\": \"\\ud800\"}\n", "a.jsonl, line 1: not proper JSON*")]
    [InlineData("a.json", "", "a.json, line 1, byte 1: not proper JSON*")]
    [InlineData("a.json", "[]", "a.json holds no readings*")]
    [InlineData("a.jsonl", "\n", "a.jsonl holds no readings*")]
    public void Refuses_what_is_no_table_of_objects_with_file_and_place(string name, string json, string message)
    {
        using var buffers = new Buffers();

        FluentActions.Invoking(() => Read(buffers, name, json)).Should().Throw<ToolException>().WithMessage("*" + message);
    }

    [Fact]
    public void Any_table_reads_alike_as_an_array_and_as_lines()
    {
        using var buffers = new Buffers();
        Prop.ForAll<NonEmptyArray<Tuple<int, NonNull<string>>>>(rows =>
        {
            string[] objects = rows.Get.Select(row => JsonSerializer.Serialize(new Dictionary<string, object> { ["n"] = row.Item1, [row.Item1 % 2 == 0 ? "even" : "odd"] = row.Item2.Get })).ToArray();
            InputTable array = Read(buffers, "a.json", $"[{string.Join(",\n", objects)}]"), lines = Read(buffers, "a.jsonl", string.Join('\n', objects));

            lines.Columns.Should().Equal(array.Columns);
            lines.Rows.SelectMany(row => row.Cells).Should().Equal(array.Rows.SelectMany(row => row.Cells));
        }).QuickCheckThrowOnFailure();
    }
}
