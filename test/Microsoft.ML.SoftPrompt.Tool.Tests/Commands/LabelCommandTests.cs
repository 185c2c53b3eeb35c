using System.Globalization;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

[Collection(CommandTests.Name)]
public sealed class LabelCommandTests
{
    private const string Header = "series,start,length,IsContextAnomaly,Trend,Spike,Shift,Volatility,TrendSlope,TrendPValue,SpikeJump,SpikePlace,ShiftSplit,ShiftPValue,VolatilitySplit,VolatilityPValue";

    /// <summary>Host "steps" is 1 eight times, then 4 eight times; host "flat" is 5 twelve times.</summary>
    private static string TwoHosts => "host,value\n"
        + string.Concat(Enumerable.Repeat("steps,1\n", 8)) + string.Concat(Enumerable.Repeat("flat,5\n", 12)) + string.Concat(Enumerable.Repeat("steps,4\n", 8));

    [Fact]
    public void Each_group_is_labelled_with_the_evidence()
    {
        using var buffers = new Buffers();
        string data = buffers.Write("hosts.csv", TwoHosts), output = buffers.Path("labels.csv");

        Application.Run(["label", "--data", data, "--output", output], buffers.Console).Should().Be(0, buffers.Error);

        string[] lines = File.ReadAllText(output).TrimEnd('\n').Split('\n');
        lines[0].Should().Be(Header);
        string[] steps = lines[1].Split(',');
        steps[..7].Should().Equal("steps", "0", "16", "1", "1", "1", "1");
        steps[7].Should().Be("0");
        // SciPy's slope and p-value (test/golden/context, "steps"); the jump of 3 leads to place 8, where the parts are constant.
        double.Parse(steps[8], CultureInfo.InvariantCulture).Should().BeApproximately(0.2823529411764706, 1e-15);
        double.Parse(steps[9], CultureInfo.InvariantCulture).Should().BeApproximately(1.3298737271301537e-05, 1e-14);
        steps[10..14].Should().Equal("3", "8", "8", "0");
        lines[2].Should().Be("flat,0,12,0,0,0,0,0,0,,0,1,,,,");
        buffers.Output.Should().Contain("Trend Spike Shift").And.Contain("1.33E-05").And.Contain("1 of 2 series flagged: Trend 1, Spike 1, Shift 1, Volatility 0");
        buffers.Error.Should().Contain("28 readings in 2 series").And.Contain($"saved {output}");
    }

    [Fact]
    public void Windows_are_labelled_where_they_are_asked_for()
    {
        using var buffers = new Buffers(TwoHosts);

        Application.Run(["label", "--data", "-", "--window", "6", "--output", "-"], buffers.Console).Should().Be(0, buffers.Error);

        string[][] rows = [.. buffers.Output.TrimEnd('\n').Split('\n').Skip(1).Select(line => line.Split(','))];
        rows.Select(row => string.Join(' ', row[..4])).Should().BeEquivalentTo("steps 0 6 0", "steps 6 6 1", "flat 0 6 0", "flat 6 6 0");
        buffers.Error.Should().Contain("1 of 4 windows flagged");
    }

    [Fact]
    public void Places_are_whole_numbers_however_long_the_series()
    {
        using var buffers = new Buffers();
        string data = buffers.Write("long.csv", "value\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => i == 13_456 ? "9\n" : $"{i % 2}\n")));

        Application.Run(["label", "--data", data], buffers.Console).Should().Be(0, buffers.Error);

        buffers.Output.Should().MatchRegex("Spike .* 8 +13,456 ");
    }

    [Fact]
    public void A_window_longer_than_every_series_is_refused_in_the_words_of_the_command_line()
    {
        using var buffers = new Buffers(TwoHosts);

        Application.Run(["label", "--data", "-", "--window", "17"], buffers.Console).Should().Be(1);

        buffers.Error.Should().Contain("A window of 17 readings is longer than every series: the longest of 2 has 16. Choose a smaller --window");
    }

    [Fact]
    public void The_correction_lets_fewer_splits_flag()
    {
        using var buffers = new Buffers();
        // Means of the halves 3 apart, within them 10: t² = 10.8, p = .017 at the best of five splits, below .05 but not below .05 / 5.
        string data = buffers.Write("a.csv", "value\n0\n1\n3\n2\n4\n3\n5\n6\n");

        Application.Run(["label", "--data", data], buffers.Console).Should().Be(0, buffers.Error);
        Application.Run(["label", "--data", data, "--split-correction", "Bonferroni"], buffers.Console).Should().Be(0, buffers.Error);

        buffers.Output.Should().Contain("Shift 1").And.Contain("Shift 0");
    }

    [Fact]
    public void JSON_holds_nulls_where_there_is_no_evidence()
    {
        using var buffers = new Buffers();
        string output = buffers.Path("labels.json");

        Application.Run(["label", "--data", buffers.Write("hosts.csv", TwoHosts), "--output", output], buffers.Console).Should().Be(0, buffers.Error);

        using JsonDocument labels = JsonDocument.Parse(File.ReadAllBytes(output));
        JsonElement flat = labels.RootElement[1];
        flat.GetProperty("series").GetString().Should().Be("flat");
        flat.GetProperty("isContextAnomaly").GetBoolean().Should().BeFalse();
        flat.GetProperty("rules").GetProperty("shift").GetBoolean().Should().BeFalse();
        flat.GetProperty("evidence").GetProperty("shiftPValue").ValueKind.Should().Be(JsonValueKind.Null);
        flat.GetProperty("evidence").GetProperty("spikeJump").GetDouble().Should().Be(0);
    }

    [Fact]
    public void A_long_table_says_how_much_it_leaves_out()
    {
        using var buffers = new Buffers();
        string data = buffers.Write("a.csv", SyntheticSeries.Csv(400));

        Application.Run(["label", "--data", data, "--window", "8"], buffers.Console).Should().Be(0, buffers.Error);

        buffers.Output.Should().Contain("and 10 more; --output writes all.");
    }
}
