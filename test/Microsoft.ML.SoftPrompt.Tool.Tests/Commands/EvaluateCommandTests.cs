using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

[Collection(CommandTests.Name)]
public sealed class EvaluateCommandTests(TrainedModels models)
{
    [Fact]
    public void Windows_are_judged_beside_the_controls_on_the_same_rows()
    {
        using var buffers = new Buffers();

        Application.Run(["evaluate", "--data", models.Data, "--model", models.Windows, "--split", "60/20/20", "--part", "test", "--json", buffers.Path("out.json")], buffers.Console)
            .Should().Be(0, buffers.Error);

        // The last 80 readings, two periods of 40 with a dip at 22 to 25: windows of 10 at 0, 5 … 70 with a dip are those that start at
        // 15, 20, 25 and 55, 60, 65.
        buffers.Output.Should().Contain("test part of 60/20/20: 15 windows, 6 anomalous");
        buffers.Output.Should().Contain("SPEAR").And.Contain(" never ").And.Contain("largest |z-score|").And.Contain("largest jump").And.Contain("validation part by F1");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(buffers.Path("out.json")));
        JsonElement detectors = json.RootElement.GetProperty("detectors");
        // A dip to 10 from about 50 is beyond every wave: both controls find it without a fault.
        detectors.GetProperty("largestZScore").GetProperty("f1").GetDouble().Should().Be(1);
        detectors.GetProperty("largestJump").GetProperty("auroc").GetDouble().Should().Be(1);
        detectors.GetProperty("constant").GetProperty("auroc").GetDouble().Should().Be(0.5);
        detectors.GetProperty("constant").GetProperty("accuracy").GetDouble().Should().Be(0.6);
        detectors.GetProperty("constant").GetProperty("averagePrecision").GetDouble().Should().BeApproximately(0.4, 1e-12);
        JsonElement spear = detectors.GetProperty("spear");
        new[] { "truePositives", "falsePositives", "falseNegatives", "trueNegatives" }.Sum(name => spear.GetProperty(name).GetInt32()).Should().Be(15);
    }

    [Fact]
    public void Stretches_of_readings_are_judged_by_the_mean_score_of_their_windows()
    {
        using var buffers = new Buffers();

        Application.Run(["evaluate", "--data", models.Data, "--model", models.Windows, "--split", "60/20/20", "--part", "test", "--json", buffers.Path("out.json")], buffers.Console)
            .Should().Be(0, buffers.Error);

        // Dips at 22 to 25 and 62 to 65 of 80 readings, an hour apart. Of the windows those from 15, 20 and 25 and their like are flagged
        // by the largest jump: 20 to 29 lie in two of them, their neighbours in one and a calm one.
        buffers.Output.Should().Contain("by stretch of readings, each with the mean score of its windows: 2 anomalous stretches in 80 readings").And.Contain("VUS-ROC");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(buffers.Path("out.json")));
        JsonElement readings = json.RootElement.GetProperty("readings");
        (readings.GetProperty("count").GetInt32(), readings.GetProperty("series").GetInt32(), readings.GetProperty("anomalousStretches").GetInt32(), readings.GetProperty("vusMaximumWindow").GetInt32())
            .Should().Be((80, 1, 2, 10));
        JsonElement jump = json.RootElement.GetProperty("detectors").GetProperty("largestJump").GetProperty("readings");
        jump.GetProperty("detected").GetInt32().Should().Be(2);
        jump.GetProperty("recall").GetDouble().Should().Be(1);
        jump.GetProperty("falseAlarms").GetInt32().Should().Be(0);
        jump.GetProperty("meanDelay").GetDouble().Should().Be(0);
        jump.GetProperty("medianDelaySeconds").GetDouble().Should().Be(0);
        // "never" finds nothing; its equal scores say nothing either.
        JsonElement never = json.RootElement.GetProperty("detectors").GetProperty("constant").GetProperty("readings");
        (never.GetProperty("detected").GetInt32(), never.GetProperty("recall").GetDouble(), never.GetProperty("falseAlarmsPerDay").GetDouble(), never.GetProperty("meanDelay").ValueKind)
            .Should().Be((0, 0, 0, JsonValueKind.Null));
        jump.GetProperty("vusRoc").GetDouble().Should().BeGreaterThan(never.GetProperty("vusRoc").GetDouble());
        jump.GetProperty("vusPr").GetDouble().Should().BeGreaterThan(never.GetProperty("vusPr").GetDouble());
    }

    [Fact]
    public void Readings_between_windows_are_not_judged()
    {
        using var buffers = new Buffers();

        Application.Run(["evaluate", "--data", models.Data, "--model", models.Windows, "--stride", "20", "--json", buffers.Path("out.json")], buffers.Console).Should().Be(0, buffers.Error);

        buffers.Output.Should().NotContain("by stretch of readings");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(buffers.Path("out.json")));
        json.RootElement.GetProperty("readings").ValueKind.Should().Be(JsonValueKind.Null);
        json.RootElement.GetProperty("detectors").GetProperty("spear").GetProperty("readings").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public void A_report_holds_the_series_the_options_the_controls_and_the_command()
    {
        using var buffers = new Buffers();

        Application.Run(["evaluate", "--data", models.Data, "--model", models.Windows, "--split", "60/20/20", "--report", buffers.Path("out.html")], buffers.Console)
            .Should().Be(0, buffers.Error);

        string page = File.ReadAllText(buffers.Path("out.html"));
        const string Start = "id=\"data\">";
        int from = page.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        JsonElement data = JsonSerializer.Deserialize<JsonElement>(page[from..page.IndexOf("</script>", from, StringComparison.Ordinal)]);
        data.GetProperty("title").GetString().Should().Be("wave.csv: test part of 60/20/20");
        data.GetProperty("unit").GetString().Should().Be("window");
        JsonElement series = data.GetProperty("series").EnumerateArray().Should().ContainSingle().Subject;
        // 80 hourly readings from the 321st hour on, windows at 0, 5 … 70, dips at 22 to 25 of every 40.
        series.GetProperty("times").ToString().Should().Be($$"""{"count":80,"first":{{new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(320).ToUnixTimeMilliseconds()}},"step":3600000}""");
        series.GetProperty("starts").ToString().Should().Be("""{"count":15,"first":0,"step":5}""");
        series.GetProperty("labelled").GetProperty("base64").GetBytesFromBase64().Should().Equal(22, 26, 62, 66);
        data.GetProperty("controls").EnumerateArray().Select(control => control.GetProperty("name").GetString()).Should().Equal("never", "largest |z-score|", "largest jump");
        data.GetProperty("training").GetProperty("epochs").GetArrayLength().Should().Be(3);
        JsonElement[] cases = [.. data.GetProperty("falseAlarms").EnumerateArray(), .. data.GetProperty("misses").EnumerateArray()];
        cases.Should().NotBeEmpty().And.OnlyContain(one => one.GetProperty("explainedFrom").GetInt32() == one.GetProperty("start").GetInt32());
        // Of each window all ten values, by themselves or in runs.
        cases.Should().OnlyContain(one => one.GetProperty("contributions").EnumerateArray().All(part => part.GetProperty("step").GetInt32() + part.GetProperty("count").GetInt32() <= 10));
        Dictionary<string, string> facts = data.GetProperty("facts").EnumerateArray().ToDictionary(fact => fact.GetProperty("name").GetString()!, fact => fact.GetProperty("value").GetString()!);
        facts["Command"].Should().StartWith("softprompt evaluate --data ").And.EndWith("out.html");
        facts["Window"].Should().Be("10");
        facts["Model file"].Should().Be(models.Windows);
    }

    [Fact]
    public void A_report_does_not_warn_again_of_the_windows_that_it_explains()
    {
        using var buffers = new Buffers();
        string[] lines = File.ReadAllLines(models.Data);
        int value = Array.IndexOf(lines[0].Split(','), "value");
        string higher = buffers.Write("wave.csv", string.Join('\n', lines.Select((line, row) =>
            string.Join(',', line.Split(',').Select((cell, column) => row > 0 && column == value ? $"1{cell.TrimStart('-')}" : cell)))));

        Application.Run(["evaluate", "--data", higher, "--model", models.Windows, "--report", buffers.Path("out.html")], buffers.Console).Should().Be(0, buffers.Error);

        buffers.Error.Split('\n').Should().ContainSingle(line => line.Contains("lie outside the fitted range", StringComparison.Ordinal));
    }

    [Fact]
    public void Readings_are_judged_where_the_model_answers_for_them()
    {
        using var buffers = new Buffers();

        Application.Run(["evaluate", "--data", models.Data, "--model", models.Points, "--split", "60/0/40"], buffers.Console).Should().Be(0, buffers.Error);

        buffers.Output.Should().Contain("test part of 60/0/40: 160 readings, 16 anomalous").And.MatchRegex("\n *\\|z-score\\| ").And.Contain("chosen on the training part by F1");
        buffers.Output.Should().Contain("by stretch of readings: 4 anomalous stretches in 160 readings");
    }

    [Fact]
    public void A_part_of_one_class_has_no_ranking_and_says_so()
    {
        using var buffers = new Buffers();
        string calm = buffers.Write("calm.csv", "value,is_anomaly\n" + string.Concat(Enumerable.Repeat("50,0\n", 30)));

        Application.Run(["evaluate", "--data", calm, "--model", models.Windows], buffers.Console).Should().Be(0, buffers.Error);

        buffers.Output.Should().Contain("all readings: 5 windows, 0 anomalous").And.Contain("n/a: every window here is normal, and ranking needs both kinds");
    }

    [Fact]
    public void Labels_may_come_from_a_file_of_nab()
    {
        using var buffers = new Buffers();
        string labels = buffers.Write("labels.json", """{"any/wave.csv": [["2020-01-01 22:00:00", "2020-01-02 01:00:00"]]}""");

        Application.Run(["evaluate", "--data", models.Data, "--labels", labels, "--model", models.Points], buffers.Console).Should().Be(0, buffers.Error);

        buffers.Output.Should().Contain("all readings: 400 readings, 4 anomalous");
    }

    [Fact]
    public void A_data_file_without_an_entry_is_refused()
    {
        using var buffers = new Buffers();
        string labels = buffers.Write("labels.json", """{"any/other.csv": []}""");

        Application.Run(["evaluate", "--data", models.Data, "--labels", labels, "--model", models.Windows], buffers.Console).Should().Be(1);

        buffers.Error.Should().Contain("wave.csv' has no entry in the label file '" + labels);
    }

    [Fact]
    public void A_split_other_than_in_training_is_said()
    {
        using var buffers = new Buffers();

        Application.Run(["evaluate", "--data", models.Data, "--model", models.Windows, "--split", "50/0/50"], buffers.Console).Should().Be(0, buffers.Error);

        buffers.Error.Should().Contain("warning: the model was trained with --split 60/20/20, not 50/0/50");
    }
}
