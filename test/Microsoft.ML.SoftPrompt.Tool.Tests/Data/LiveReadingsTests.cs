using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Data;

public sealed class LiveReadingsTests
{
    [Fact]
    public void A_file_that_starts_anew_without_a_header_keeps_its_columns_and_one_with_a_header_has_its_own()
    {
        using var buffers = new Buffers();
        var readings = new LiveReadings(new InputFile("a.csv"), new SeriesSource([], new NamedColumns(), LabelsWanted: false), null, buffers.Console);
        readings.Read(new LiveLine(1, "time,value")).Should().BeNull();
        readings.Read(new LiveLine(2, "2026-01-01,1"))!.Value.Value.Should().Be(1);

        readings.StartAnew();
        readings.Read(new LiveLine(1, "2026-01-02,2")).Should().Be(new StreamingReading("a.csv", 2, new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc)));
        buffers.Error.Should().EndWith("warning: a.csv, line 1: a reading where a header was expected; the columns are taken to be as before.\n");

        readings.StartAnew();
        readings.Read(new LiveLine(1, "value,time")).Should().BeNull();
        readings.Read(new LiveLine(2, "3,2026-01-03"))!.Value.Value.Should().Be(3);

        readings.StartAnew();
        FluentActions.Invoking(() => readings.Read(new LiveLine(1, "1,2,3"))).Should().Throw<ToolException>().WithMessage("a.csv, line 1: found the value '1' where a column's name was expected.*--columns.");
    }
}
