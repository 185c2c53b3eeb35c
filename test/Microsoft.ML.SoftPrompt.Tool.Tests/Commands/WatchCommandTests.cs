using System.Globalization;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

[Collection(CommandTests.Name)]
public sealed class WatchCommandTests(TrainedModels models)
{
    private const string Header = "timestamp,value,is_anomaly\n";

    private int Watch(Buffers buffers, params string[] options) => Application.Run(["watch", "-", "--model", models.Windows, .. options], buffers.Console);

    private static JsonElement[] Json(string lines) => [.. lines.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];

    private static float Number(string text) => float.Parse(text, CultureInfo.InvariantCulture);

    [Fact]
    public void Every_score_is_that_of_the_trailing_window()
    {
        using var buffers = new Buffers(File.ReadAllText(models.Data));
        using var scored = new Buffers();
        Application.Run(["score", "--data", models.Data, "--model", models.Windows, "--output", "-", "--stride", "1"], scored.Console).Should().Be(0, scored.Error);

        Watch(buffers, "--all", "--json", "--group", "is_anomaly", "--stride", "1000000").Should().Be(0, buffers.Error);
        Json(buffers.Output).Select(line => line.GetProperty("key").GetString()).Should().Equal("0", "1");
        using var one = new Buffers(File.ReadAllText(models.Data));
        Watch(one, "--all", "--json").Should().Be(0, one.Error);

        JsonElement[] lines = Json(one.Output);
        string[][] rows = scored.Output.TrimEnd('\n').Split('\n').Skip(1).Select(line => line.Split(',')).ToArray();
        lines.Should().HaveCount(400 - 9);
        lines[0].GetProperty("index").GetInt64().Should().Be(9);
        // The first and the last reading are in one window each.
        lines[0].GetProperty("score").GetSingle().Should().Be(Number(rows[0][4]));
        lines[^1].GetProperty("score").GetSingle().Should().Be(Number(rows[^1][4]));
        lines[^1].GetProperty("value").GetSingle().Should().Be(Number(rows[^1][1]));
        lines[^1].GetProperty("time").GetDateTime().Should().Be(new DateTime(2020, 1, 1).AddHours(399));
        one.Error.Should().Contain("watched 400 readings, 391 windows scored, ");
    }

    [Fact]
    public void An_alarm_is_told_when_it_starts_and_when_it_ends()
    {
        using var all = new Buffers(File.ReadAllText(models.Data));
        using var changes = new Buffers(File.ReadAllText(models.Data));
        using var text = new Buffers(File.ReadAllText(models.Data));

        Watch(all, "--all", "--json").Should().Be(0, all.Error);
        Watch(changes, "--json").Should().Be(0, changes.Error);
        Watch(text).Should().Be(0, text.Error);

        bool alarmed = false;
        var expected = new List<string>();
        foreach (JsonElement line in Json(all.Output))
        {
            bool now = line.GetProperty("anomaly").GetBoolean();
            line.GetProperty("event").GetString().Should().Be(now == alarmed ? "score" : now ? "start" : "end");
            if (now != alarmed)
                expected.Add(line.GetRawText());
            alarmed = now;
        }
        expected.Should().NotBeEmpty();
        changes.Output.TrimEnd('\n').Split('\n').Should().Equal(expected);
        string[] lines = text.Output.TrimEnd('\n').Split('\n');
        lines.Should().HaveCount(expected.Count);
        lines[0].Should().MatchRegex(@"^2020-01-\d\d \d\d:00:00  -  ALARM  value [\d.]+  score -?\d+\.\d{3}  probability 0\.\d{4}$");
    }

    [Fact]
    public void A_state_carries_the_series_over_a_restart()
    {
        string[] rows = File.ReadAllLines(models.Data)[1..];
        using var whole = new Buffers(File.ReadAllText(models.Data));
        Watch(whole, "--all", "--json").Should().Be(0, whole.Error);

        using var first = new Buffers(Header + string.Join('\n', rows[..123]) + "\n");
        // The second run is given some readings again.
        using var second = new Buffers(Header + string.Join('\n', rows[100..]));
        string state = first.Path("watch.state");
        Watch(first, "--all", "--json", "--state", state).Should().Be(0, first.Error);
        Watch(second, "--all", "--json", "--state", state).Should().Be(0, second.Error);

        Json(first.Output + second.Output).Select(line => line.GetProperty("score").GetRawText()).Should().Equal(Json(whole.Output).Select(line => line.GetProperty("score").GetRawText()));
        second.Error.Should().Contain("restored 1 series from").And.Contain("readings dropped as late: 22").And.Contain("readings of a time that was there: 1");

        using var other = new Buffers(Header);
        Application.Run(["watch", "-", "--model", models.Points, "--state", state], other.Console).Should().Be(1);
        other.Error.Should().Contain("(--state) cannot be taken. The state belongs to another detector: the model's fingerprint is");
    }

    [Fact]
    public void An_alarm_that_is_on_over_a_restart_is_told_once()
    {
        string[] rows = File.ReadAllLines(models.Data)[1..];
        using var whole = new Buffers(File.ReadAllText(models.Data));
        Watch(whole, "--json").Should().Be(0, whole.Error);
        JsonElement[] expected = Json(whole.Output);
        // Within the first alarm, with its start behind and its end before.
        int cut = (int)expected.First(line => line.GetProperty("event").GetString() == "start").GetProperty("index").GetInt64() + 1;

        using var first = new Buffers(Header + string.Join('\n', rows[..cut]) + "\n");
        using var second = new Buffers(Header + string.Join('\n', rows[cut..]));
        string state = first.Path("watch.state");
        Watch(first, "--json", "--state", state).Should().Be(0, first.Error);
        byte[] kept = File.ReadAllBytes(state);
        Watch(second, "--json", "--state", state).Should().Be(0, second.Error);

        (first.Output + second.Output).Should().Be(whole.Output);
        second.Error.Should().Contain("restored 1 series, 1 open alarm from");

        foreach (string tail in (string[])["[1]", "[null]", "[\"-\""])
        {
            // The one open alarm stands at the end as ["-"].
            File.WriteAllBytes(state, [.. kept[..^5], .. System.Text.Encoding.UTF8.GetBytes(tail)]);
            using var damaged = new Buffers(Header);
            Watch(damaged, "--state", state).Should().Be(1);
            damaged.Error.Should().Contain("(--state) cannot be taken.").And.Contain("expected the open alarms");
        }
        File.WriteAllBytes(state, kept[..^5]);
        using var without = new Buffers(Header);
        Watch(without, "--state", state).Should().Be(0, without.Error);
    }

    /// <summary>Interrupts when the first line is written.</summary>
    private sealed class InterruptingWriter(CancellationTokenSource interrupt) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            interrupt.Cancel();
        }
    }

    [Fact]
    public void An_interrupt_is_noticed_within_what_was_read_at_once_and_the_rest_of_it_left_and_counted()
    {
        using var whole = new Buffers(File.ReadAllText(models.Data));
        Watch(whole, "--all", "--json").Should().Be(0, whole.Error);
        using var second = new Buffers(File.ReadAllText(models.Data));
        using var interrupt = new CancellationTokenSource();
        using var output = new InterruptingWriter(interrupt);
        using var error = new StringWriter();
        var console = new ToolConsole(() => File.OpenRead(models.Data), output, error, outputIsTerminal: false, errorIsTerminal: false);
        string state = second.Path("watch.state");

        Application.Run(["watch", "-", "--model", models.Windows, "--all", "--json", "--state", state], console, interrupt.Token).Should().Be(1);
        Watch(second, "--all", "--json", "--state", state).Should().Be(0, second.Error);

        // A header and 400 readings, of which 256 lines are taken in together.
        error.ToString().Should().Contain("watched 255 readings, 246 windows scored").And.Contain("lines read and not taken in: 145").And.EndWith("cancelled\n");
        (output + second.Output).Should().Be(whole.Output);
    }

    [Fact]
    public void Bad_lines_are_told_with_their_number_and_passed_over_or_the_end()
    {
        const string Bad = Header + "2020-01-01 00:00:00,1,0\n2020-01-01 01:00:00,abc,0\nnever,3,0\n2020-01-01 03:00:00,inf,0\n1,2\n\n2020-01-01 05:00:00,\"4,0\n2020-01-01 06:00:00,,0\n";
        using var skip = new Buffers(Bad);
        using var stop = new Buffers(Bad);

        Watch(skip).Should().Be(0, skip.Error);
        Watch(stop, "--bad-lines", "stop").Should().Be(1);

        skip.Error.Should().Contain("standard input, line 3, column 'value': found 'abc' where a number was expected")
            .And.Contain("line 4, column 'timestamp': found 'never' where a time").And.Contain("line 5, column 'value': found 'inf', which is infinite")
            .And.Contain("line 6: found 2 cells where there are 3 columns").And.Contain("line 7: a blank line").And.Contain("line 8: not proper CSV")
            .And.Contain("watched 2 readings, 0 windows scored, 0 alarms; bad lines: 6");
        stop.Error.Should().Contain("error: standard input, line 3").And.Contain("watched 1 reading,");
    }

    [Fact]
    public void An_input_without_a_header_needs_its_columns_named()
    {
        string rows = File.ReadAllText(models.Data)[Header.Length..];
        using var without = new Buffers(rows);
        using var named = new Buffers(rows);
        using var empty = new Buffers();

        Watch(without).Should().Be(1);
        Watch(named, "--columns", "timestamp,value,is_anomaly").Should().Be(0, named.Error);
        Watch(empty).Should().Be(1);

        without.Error.Should().Contain("found the value").And.Contain("name its columns with --columns");
        named.Error.Should().Contain("watched 400 readings");
        empty.Error.Should().Contain("The input ended before its header");
    }

    [Fact]
    public void Policies_are_options()
    {
        const string Disorder = Header + "2020-01-01 00:00:00,1,0\n2020-01-01 01:00:00,2,0\n2020-01-01 01:00:00,3,0\n2020-01-01 00:30:00,4,0\n2020-01-01 05:00:00,5,0\n";
        using var given = new Buffers(Disorder);
        using var refuse = new Buffers(Disorder);

        Watch(given, "--late", "insert", "--repeated", "keep-both", "--gaps", "fill", "--interval", "01:00:00").Should().Be(0, given.Error);
        Watch(refuse, "--late", "refuse").Should().Be(1);

        given.Error.Should().Contain("watched 5 readings, 0 windows scored, 0 alarms; late readings put in their place: 1; readings of a time that was there: 1; missing values put into gaps: 3");
        // What stood before the refused reading counts, though it arrived together with it.
        refuse.Error.Should().Contain("error: The series '-' has readings up to 2020-01-01T01:00:00.0000000Z").And.Contain("watched 2 readings, 0 windows scored, 0 alarms; lines read and not taken in: 2; readings of a time that was there: 1");
    }

    [Theory]
    [InlineData("watch --model m.zip", "Required argument missing")]
    [InlineData("watch - --model m.zip --gaps fill", "--gaps needs --interval")]
    [InlineData("watch - --model m.zip --interval 5", "--interval is '5'; a time above 0")]
    [InlineData("watch - --model m.zip --late never", "--late is 'never'; expected one of refuse|drop|insert")]
    public void Wrong_usage_is_told_with_exit_code_2(string arguments, string message)
    {
        using var buffers = new Buffers();

        Application.Run(arguments.Split(' '), buffers.Console).Should().Be(2);

        buffers.Error.Should().Contain(message).And.Contain("--help");
    }
}
