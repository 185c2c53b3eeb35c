using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Data;

public sealed class SeriesReaderTests
{
    private static SeriesData Read(Buffers buffers, string csv, NamedColumns? named = null) =>
        SeriesReader.Read(new SeriesSource([buffers.Write("data.csv", csv)], named ?? new NamedColumns()), buffers.Console);

    [Fact]
    public void Reads_values_labels_and_times_and_prints_what_it_guessed()
    {
        using var buffers = new Buffers();

        SeriesData data = Read(buffers, "timestamp,value,is_anomaly\n2022-03-20T11:00:00+01:00,1.5,0\n2022-03-20T12:00:00+01:00,,true\n2022-03-20T13:00:00+01:00,NaN,False\n");

        data.Columns.Should().Be(new SeriesColumns("value", "timestamp", "is_anomaly"));
        data.Series.Should().ContainSingle().Which.Name.Should().Be("data.csv");
        data.Series[0].Readings.Select(reading => reading.Value).Should().Equal(1.5f, float.NaN, float.NaN);
        data.Series[0].Readings.Select(reading => reading.IsAnomaly).Should().Equal(false, true, false);
        data.Series[0].Readings[0].Time.Should().Be(new DateTime(2022, 3, 20, 10, 0, 0, DateTimeKind.Utc));
        buffers.Error.Should().Contain("value = value (guessed), time = timestamp (guessed), label = is_anomaly (guessed), group = the file");
    }

    [Theory]
    [InlineData("a;value\nx;1.5\n", ';')]
    [InlineData("a\tvalue\nx\t1.5\n", '\t')]
    [InlineData("\"a;b;c\",value\nx,1.5\n", ',')]
    [InlineData("value\n1.5\n", ',')]
    public void Detects_the_delimiter_in_the_header(string csv, char delimiter)
    {
        using var buffers = new Buffers();

        SeriesData data = Read(buffers, csv);

        data.Tables[0].Delimiter.Should().Be(delimiter);
        data.Series[0].Readings[0].Value.Should().Be(1.5f);
    }

    [Fact]
    public void A_blank_line_in_a_file_of_one_column_is_a_missing_value_and_at_the_end_nothing()
    {
        using var buffers = new Buffers();

        Read(buffers, "value\r\n1\r\n\r\n3\r\n\r\n\r\n").Series[0].Readings.Select(reading => reading.Value).Should().Equal(1f, float.NaN, 3f);
    }

    [Fact]
    public void A_column_of_numbers_is_the_value_whatever_its_name_and_text_columns_are_passed_over()
    {
        using var buffers = new Buffers();

        // `label` holds names here, as in the laboratory tables of MIMIC: no label of anomalies.
        SeriesData data = Read(buffers, "when,label,flow\n2020-01-01,Lactate,1\n2020-01-02,Lactate,2\n");

        data.Columns.Should().Be(new SeriesColumns("flow", "when"));
        data.HasLabels.Should().BeFalse();
    }

    [Fact]
    public void A_group_column_divides_a_file_into_series_in_the_order_of_the_data()
    {
        using var buffers = new Buffers();

        SeriesData data = Read(buffers, "host,value\na,1\nb,10\na,2\nb,20\n");

        data.Series.Select(series => series.Name).Should().Equal("a", "b");
        data.Series[1].Readings.Select(reading => reading.Value).Should().Equal(10f, 20f);
        data.Series[1].Readings.Select(reading => reading.Row).Should().Equal(1, 3);
    }

    [Fact]
    public void Each_file_of_a_glob_is_a_series_and_files_of_the_same_name_stay_apart()
    {
        using var buffers = new Buffers();
        buffers.Write("b/x.csv", "value\n1\n");
        buffers.Write("a/x.csv", "value\n2\n");
        buffers.Write("a/y.csv", "value\n3\n");
        buffers.Write("a/y.txt", "not read");

        SeriesData data = SeriesReader.Read(new SeriesSource([buffers.Path("*/*.csv")], new NamedColumns()), buffers.Console);

        data.Series.Select(series => series.Readings[0].Value).Should().Equal(2f, 3f, 1f);
        data.Series.Select(series => series.Name).Should().OnlyHaveUniqueItems().And.Contain("y.csv");
    }

    [Fact]
    public void Standard_input_is_a_file_named_by_a_dash()
    {
        using var buffers = new Buffers("value\n4\n5\n");

        SeriesData data = SeriesReader.Read(new SeriesSource(["-"], new NamedColumns()), buffers.Console);

        data.Series[0].Readings.Select(reading => reading.Value).Should().Equal(4f, 5f);
    }

    [Theory]
    [InlineData("timestamp,value\n2020-01-01,1\n2020-01-02,high\n", "data.csv, line 3, column 'value': found 'high' where a number was expected*empty*--value*")]
    [InlineData("value\n1\n3,5\n", "data.csv, line 3: found 2 cells where the header has 1*")]
    [InlineData("a;value\nx;3,5\n", "data.csv, line 2, column 'value': found '3,5' where a number was expected*")]
    [InlineData("value,is_anomaly\n1,0\ninf,0\n", "data.csv, line 3, column 'value': found 'inf'*infinite*")]
    [InlineData("value,is_anomaly\n1,0\n1e39,0\n", "data.csv, line 3, column 'value': found '1e39'*infinite*")]
    [InlineData("value,is_anomaly\n-Infinity,0\n", "data.csv, line 2, column 'value': found '-Infinity'*infinite*")]
    [InlineData("time,value\n2020-01-01,1\n2020-01-02\n", "data.csv, line 3: found 1 cells where the header has 2 columns*")]
    [InlineData("time,value\n2020-01-01,1\n\n2020-01-02,2\n", "data.csv, line 3: a blank line between readings*")]
    [InlineData("", "data.csv is empty*header*")]
    [InlineData("time,value\n", "data.csv has a header but no readings*")]
    [InlineData("2020-01-01,1\n2020-01-02,2\n", "data.csv, line 1: found the value '2020-01-01' where a column's name was expected*")]
    [InlineData("value,time,value\n1,2020-01-01,1\n", "data.csv, line 1: the column name 'value' stands there more than once*")]
    [InlineData("a,b\n1,2\n", "data.csv has several columns that could be the value: a, b. Name one with --value.")]
    [InlineData("a,b\nx,y\n", "data.csv has no column of numbers*a, b*--value*")]
    [InlineData("a,value\nx,1\n\"y\"z,2\n", "data.csv, line 3: not proper CSV*")]
    public void Refuses_what_is_no_proper_table_with_file_and_line(string csv, string message)
    {
        using var buffers = new Buffers();

        FluentActions.Invoking(() => Read(buffers, csv)).Should().Throw<ToolException>().WithMessage("*" + message);
    }

    [Fact]
    public void A_label_that_is_none_is_refused_where_the_label_column_was_named()
    {
        using var buffers = new Buffers();

        FluentActions.Invoking(() => Read(buffers, "value,bad\n1,0\n2,maybe\n", new NamedColumns(Label: "bad")))
            .Should().Throw<ToolException>().WithMessage("*data.csv, line 3, column 'bad': found 'maybe' where a label was expected: 0, 1, true or false.");
    }

    [Theory]
    [InlineData("flow", null, "*data.csv has no column 'flow' (--value). Its columns are: time, value.")]
    [InlineData(null, "host", "*data.csv has no column 'host' (--group). Its columns are: time, value.")]
    public void An_unknown_column_is_refused_with_those_there_are(string? value, string? group, string message)
    {
        using var buffers = new Buffers();

        FluentActions.Invoking(() => Read(buffers, "time,value\n2020-01-01,1\n", new NamedColumns(Value: value, Group: group)))
            .Should().Throw<ToolException>().WithMessage(message);
    }

    [Fact]
    public void A_missing_file_a_folder_and_a_pattern_without_a_match_are_refused()
    {
        using var buffers = new Buffers();
        void Resolve(string name) => InputFiles.Resolve([buffers.Path(name)]);

        FluentActions.Invoking(() => Resolve("none.csv")).Should().Throw<ToolException>().WithMessage("There is no file '*none.csv' (looked in *");
        FluentActions.Invoking(() => Resolve("")).Should().Throw<ToolException>().WithMessage("*is a folder. Name its files*");
        FluentActions.Invoking(() => Resolve("*.csv")).Should().Throw<ToolException>().WithMessage("No file matches '*.csv'*");
        FluentActions.Invoking(() => Resolve("nowhere/*.csv")).Should().Throw<ToolException>().WithMessage("No file matches*");
    }

    [Fact]
    public void A_file_that_is_not_utf8_is_refused()
    {
        using var buffers = new Buffers();
        File.WriteAllBytes(buffers.Path("latin.csv"), [.. "value,caf"u8, 0xE9, .. "\n1,x\n"u8]);

        FluentActions.Invoking(() => SeriesReader.Read(new SeriesSource([buffers.Path("latin.csv")], new NamedColumns()), buffers.Console))
            .Should().Throw<ToolException>().WithMessage("*latin.csv is not UTF-8*");
    }

    [Fact]
    public void Times_that_repeat_or_go_back_within_a_series_are_counted_and_the_first_is_placed()
    {
        using var buffers = new Buffers();

        Read(buffers, "time,host,value\n2020-01-02,a,1\n2020-01-01,b,1\n2020-01-02,a,2\n2020-01-01,a,3\n2020-01-02,b,3\n2020-01-03,b,3\n");

        buffers.Error.Should().MatchRegex("warning: times within a series repeat 1 times and go back 1 times, first in .*data.csv, line 4;");
    }
}
