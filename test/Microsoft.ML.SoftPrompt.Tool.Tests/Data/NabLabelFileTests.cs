using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Data;

public sealed class NabLabelFileTests
{
    private const string Readings = "timestamp,value\n2014-04-10 07:10:00,1\n2014-04-10 07:15:00,2\n2014-04-10 07:20:00,3\n2014-04-10 07:25:00,4\n";

    private static bool[] Labels(Buffers buffers, string json, string file = "aws/cpu.csv", string readings = Readings) =>
        SeriesReader.Read(new SeriesSource([buffers.Write(file, readings)], new NamedColumns(), buffers.Write("labels.json", json)), buffers.Console)
            .Series[0].Readings.Select(reading => reading.IsAnomaly).ToArray();

    [Fact]
    public void Both_ends_of_a_window_are_anomalous()
    {
        using var buffers = new Buffers();

        Labels(buffers, """{"other/x.csv": [], "aws/cpu.csv": [["2014-04-10 07:15:00.000000", "2014-04-10 07:20:00.000000"]]}""").Should().Equal(false, true, true, false);
    }

    [Fact]
    public void Windows_that_overlap_in_any_order_label_what_lies_in_one_of_them()
    {
        using var buffers = new Buffers();

        Labels(buffers, """{"aws/cpu.csv": [["2014-04-10 07:25:00", "2014-04-10 07:25:00"], ["2014-04-10 07:10:00", "2014-04-10 07:17:00"], ["2014-04-10 07:10:00", "2014-04-10 07:12:00"]]}""").Should().Equal(true, true, false, true);
    }

    [Fact]
    public void A_single_time_labels_the_reading_of_that_time()
    {
        using var buffers = new Buffers();

        Labels(buffers, """{"aws/cpu.csv": ["2014-04-10 07:20:00"]}""").Should().Equal(false, false, true, false);
    }

    [Fact]
    public void Where_the_folder_differs_the_file_name_decides_if_it_stands_there_once()
    {
        using var buffers = new Buffers();
        const string Once = """{"realAWSCloudwatch/cpu.csv": ["2014-04-10 07:10:00"], "realAWSCloudwatch/cpu2.csv": []}""";
        const string Twice = """{"one/cpu.csv": [], "two/cpu.csv": []}""";

        Labels(buffers, Once).Should().Equal(true, false, false, false);
        FluentActions.Invoking(() => Labels(buffers, Twice)).Should().Throw<ToolException>().WithMessage("*could be any of these entries*one/cpu.csv, two/cpu.csv*");
    }

    [Fact]
    public void A_data_file_without_an_entry_is_refused_with_both_files_named()
    {
        using var buffers = new Buffers();

        FluentActions.Invoking(() => Labels(buffers, """{"aws/disk.csv": []}"""))
            .Should().Throw<ToolException>().WithMessage("The data file '*cpu.csv' has no entry in the label file '*labels.json' (looked for 'aws/cpu.csv' and 'cpu.csv')*");
    }

    [Fact]
    public void A_label_outside_the_data_or_between_its_readings_is_said()
    {
        using var buffers = new Buffers();

        Labels(buffers, """{"aws/cpu.csv": ["2014-04-11 00:00:00", "2014-04-10 07:12:00"]}""").Should().AllBeEquivalentTo(false);

        buffers.Error.Should().Contain("cpu.csv: the label 2014-04-11 00:00:00 does not lie within the data, which runs from 2014-04-10 07:10:00 to 2014-04-10 07:25:00");
        buffers.Error.Should().Contain("cpu.csv: no reading falls on the label 2014-04-10 07:12:00");
    }

    [Theory]
    [InlineData("[]", "*labels.json: found a JSON Array where an object*")]
    [InlineData("{", "*labels.json is not proper JSON*")]
    [InlineData("""{"aws/cpu.csv": [["2014-04-10 07:20:00", "2014-04-10 07:15:00"]]}""", "*labels.json, entry 'aws/cpu.csv': found*where a list of times*")]
    [InlineData("""{"aws/cpu.csv": ["tomorrow"]}""", "*labels.json, entry 'aws/cpu.csv': found \"tomorrow\"*")]
    [InlineData("""{"aws/cpu.csv": ["\ud800"]}""", "*labels.json is not proper JSON*")]
    [InlineData("""{"aws/cpu.csv": ["2014-04-10 07:15:00"], "aws/cpu.csv": []}""", "*labels.json is not proper JSON*aws/cpu.csv*")]
    [InlineData("""{"aws/cpu.csv": [3]}""", "*labels.json, entry 'aws/cpu.csv': found 3*")]
    public void A_label_file_of_another_form_is_refused(string json, string message)
    {
        using var buffers = new Buffers();

        FluentActions.Invoking(() => Labels(buffers, json)).Should().Throw<ToolException>().WithMessage(message);
    }

    [Fact]
    public void Times_that_cannot_be_read_are_refused_where_labels_need_them()
    {
        using var buffers = new Buffers();

        FluentActions.Invoking(() => Labels(buffers, """{"aws/cpu.csv": []}""", readings: "timestamp,value\n2014-04-10 07:10:00,1\n10.4.14,2\n"))
            .Should().Throw<ToolException>().WithMessage("*cpu.csv, line 3, column 'timestamp': found '10.4.14' where a time*");
        FluentActions.Invoking(() => Labels(buffers, """{"aws/cpu.csv": []}""", readings: "value\n1\n"))
            .Should().Throw<ToolException>().WithMessage("*cpu.csv has no time column*--time*");
    }
}
