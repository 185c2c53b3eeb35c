using System.Globalization;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

[Collection(CommandTests.Name)]
public sealed class ExplainCommandTests(TrainedModels models, ModelOfDips dips) : IClassFixture<ModelOfDips>
{
    // Dips of SyntheticSeries: readings 22 to 25 of every forty.
    private const int Period = 40, DipStart = 22, DipEnd = 26;

    private static int Explain(Buffers buffers, string model, string data, params string[] more) =>
        Application.Run(["explain", "--data", data, "--model", model, .. more], buffers.Console);

    private static JsonElement[] Json(string path) => [.. JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.EnumerateArray()];

    private static string[][] Rows(string csv) => csv.TrimEnd('\n').Split('\n').Select(line => line.Split(',')).ToArray();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Flagged_windows_are_explained_from_the_highest_score_down_and_do_not_overlap(bool points)
    {
        using var buffers = new Buffers();

        Explain(buffers, points ? dips.Points : models.Windows, models.Data, "--top", "4", "--width", "1", "--output", buffers.Path("parts.json")).Should().Be(0, buffers.Error);

        JsonElement[] windows = Json(buffers.Path("parts.json"));
        windows.Should().HaveCount(4);
        double[] probabilities = windows.Select(window => window.GetProperty("probability").GetDouble()).ToArray();
        probabilities.Should().BeInDescendingOrder().And.OnlyContain(probability => probability > windows[0].GetProperty("threshold").GetDouble());
        int[] starts = windows.Select(window => window.GetProperty("start").GetInt32()).Order().ToArray();
        starts.Zip(starts.Skip(1)).Should().OnlyContain(pair => pair.Second - pair.First >= 10);
        windows.Should().OnlyContain(window => window.GetProperty("values").GetArrayLength() == 10 && (window.GetProperty("point").ValueKind == JsonValueKind.Number) == points);
        buffers.Output.Should().Contain("above the threshold of ");
        if (points)
            buffers.Output.Should().MatchRegex(@"█+ +value 10 at step \d \(2020-01-\d\d \d\d:00 UTC\) lifts the probability from 0\.\d\d to [01]\.\d\d");
    }

    [Fact]
    public void The_value_that_lifts_a_dip_most_lies_in_it()
    {
        using var buffers = new Buffers();

        Explain(buffers, dips.Points, models.Data, "--at", "103", "--output", buffers.Path("parts.json")).Should().Be(0, buffers.Error);

        JsonElement window = Json(buffers.Path("parts.json")).Should().ContainSingle().Which;
        int start = window.GetProperty("start").GetInt32();
        (start + window.GetProperty("point").GetInt32()).Should().Be(103);
        JsonElement top = window.GetProperty("values").EnumerateArray().MaxBy(value => value.GetProperty("lift").GetDouble());
        ((start + top.GetProperty("step").GetInt32()) % Period).Should().BeInRange(DipStart, DipEnd - 1);
        top.GetProperty("value").GetDouble().Should().Be(10);
    }

    [Fact]
    public void Without_a_width_runs_grow_until_one_of_them_explains_the_flag()
    {
        using var buffers = new Buffers();
        var ml = new MLContext();
        AppliedModel model = ModelFile.Load(ml, dips.Points);
        IReadOnlyList<ReadingSeries> series = SeriesReader.Read(new SeriesSource([models.Data], new NamedColumns()), buffers.Console).Series;
        ExplainedWindow[] flagged = Explainer.Highest(ml, model, series, 4, buffers.Console, default).Select(scored => scored.Window).ToArray();
        bool Explains(Explanation one) => one.Values.Any(value => value.ProbabilityWithout <= model.Parameters.DecisionThreshold);

        IReadOnlyList<Explanation> found = Explainer.Explain(ml, model, series, flagged, width: null, default);

        for (int i = 0; i < flagged.Length; i++)
        {
            int width = found[i].Values[0].Count;
            new[] { 1, 2, 4 }.Should().Contain(width, "windows have 10 readings");
            Explanation At(int values) => Explainer.Explain(ml, model, series, [flagged[i]], values, default)[0];
            found[i].Values.Should().Equal(At(width).Values);
            (width == 4 || Explains(found[i])).Should().BeTrue();
            (width == 1 || !Explains(At(width / 2))).Should().BeTrue();
        }
    }

    [Fact]
    public void A_time_names_the_reading_and_the_csv_says_what_the_api_says()
    {
        using var buffers = new Buffers();
        using var byNumber = new Buffers();

        Explain(buffers, models.Windows, models.Data, "--at", "2020-01-03 15:00", "--width", "3", "--output", "-").Should().Be(0, buffers.Error);
        Explain(byNumber, models.Windows, models.Data, "--at", "63", "--width", "3", "--output", "-").Should().Be(0, byNumber.Error);

        buffers.Output.Should().Be(byNumber.Output);
        string[][] rows = Rows(buffers.Output);
        string.Join(',', rows[0]).Should().Be("series,start,length,point,probability,step,count,time,value,probabilityWithout,lift");
        rows.Skip(1).Select(row => row[5]).Should().Equal("0", "1", "2", "3", "4", "5", "6", "7");
        rows.Skip(1).Should().OnlyContain(row => row[0] == "wave.csv" && row[3] == "" && row[6] == "3" && Number(row[1]) <= 63 && Number(row[1]) + 10 > 63);
        rows.Skip(1).Should().OnlyContain(row => Math.Abs(Number(row[10]) - (Number(row[4]) - Number(row[9]))) < 1e-12);
        var ml = new MLContext();
        AppliedModel model = ModelFile.Load(ml, models.Windows);
        ReadingSeries series = SeriesReader.Read(new SeriesSource([models.Data], new NamedColumns()), buffers.Console).Series[0];
        int start = int.Parse(rows[1][1], CultureInfo.InvariantCulture);
        IDataView view = ml.Data.LoadFromEnumerable([new ExplainedRow { Group = "wave.csv", Series = series.Readings.Skip(start).Take(10).Select(reading => reading.Value).ToArray() }]);
        rows.Skip(1).Select(row => Number(row[9])).Should().Equal(ml.AnomalyDetection.Explain(model.Chain, view, width: 3)[0].Select(value => value.ProbabilityWithout));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_judged_is_explained_item_by_item(bool points)
    {
        using var buffers = new Buffers();
        var ml = new MLContext();
        AppliedModel model = ModelFile.Load(ml, points ? models.Points : models.Windows);
        IReadOnlyList<ReadingSeries> series = SeriesReader.Read(new SeriesSource([models.Data], new NamedColumns()), buffers.Console).Series;
        JudgedItem[] items = JudgedItems.Of(series, model.Settings).Where((_, index) => index is 4 or 9 or 62).ToArray();

        Explanation[] explained = items.Select(item => Explainer.Explain(ml, model, series, item.Series, item.Start, default)).ToArray();

        explained.Select(one => one.Window.Start + (one.Window.Point ?? 0)).Should().Equal(items.Select(item => item.Start));
        explained.Should().OnlyContain(one => one.Length == 10 && one.Strongest(double.NegativeInfinity).Any());
    }

    [Fact]
    public void Of_two_readings_at_one_time_neither_is_chosen_silently()
    {
        using var buffers = new Buffers();
        string twice = buffers.Write("twice.csv", "timestamp,value\n2020-01-01 00:00:00,50\n2020-01-01 01:00:00,40\n2020-01-01 01:00:00,10\n");

        Application.Run(["explain", "--data", twice, "--model", models.Windows, "--at", "2020-01-01 01:00:00"], buffers.Console).Should().Be(1);

        buffers.Error.Should().Contain("'twice.csv' has 2 readings at 2020-01-01 01:00 UTC, numbers 1, 2 (from 0). Give --at one of these numbers.");
    }

    [Fact]
    public void Series_are_told_apart_and_a_missing_or_short_one_is_taken_as_it_is()
    {
        using var buffers = new Buffers();
        string small = buffers.Write("small.csv", "timestamp,value\n2020-01-01 00:00:00,50\n2020-01-01 01:00:00,\n2020-01-01 02:00:00,10\n");
        string[] both = ["--data", small, models.Data, "--model", models.Windows];

        Application.Run(["explain", .. both, "--at", "1"], buffers.Console).Should().Be(1);
        Application.Run(["explain", .. both, "--at", "2019-01-01"], buffers.Console).Should().Be(1);
        Application.Run(["explain", .. both, "--at", "soon"], buffers.Console).Should().Be(1);
        Application.Run(["explain", .. both, "--series", "large.csv"], buffers.Console).Should().Be(1);
        buffers.Error.Should().Contain("2 series have a reading 1: 'small.csv', 'wave.csv'. Name one with --series.")
            .And.Contain("No series has a reading at 2019-01-01 00:00 UTC. 'small.csv' goes from 2020-01-01 00:00 UTC to 2020-01-01 02:00 UTC")
            .And.Contain("--at is 'soon'; expected a time such as").And.Contain("There is no series 'large.csv' among the 2 that were read: 'small.csv', 'wave.csv'.");

        Application.Run(["explain", .. both, "--series", "small.csv", "--at", "1", "--output", buffers.Path("small.json")], buffers.Console).Should().Be(0, buffers.Error);
        JsonElement window = Json(buffers.Path("small.json")).Should().ContainSingle().Which;
        window.GetProperty("length").GetInt32().Should().Be(3);
        window.GetProperty("values")[1].GetProperty("value").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public void Where_nothing_is_flagged_it_says_so()
    {
        using var buffers = new Buffers();
        string calm = buffers.Write("calm.csv", SyntheticSeries.Csv(20));

        Explain(buffers, models.Points, calm).Should().Be(0, buffers.Error);

        buffers.Error.Should().Contain("warning: no window is flagged: the highest probability is 0.").And.Contain("--at explains a window all the same");
    }

    private sealed class ExplainedRow
    {
        public string Group { get; set; } = "";

        public float[] Series { get; set; } = [];
    }
}

/// <summary>A model that has learned the dips, a label a reading.</summary>
public sealed class ModelOfDips : IDisposable
{
    private readonly Buffers _buffers = new();

    public ModelOfDips()
    {
        string data = _buffers.Write("wave.csv", SyntheticSeries.Csv(400));
        Points = _buffers.Path("points.zip");
        Application.Run([.. TrainedModels.Arguments(data, Points, epochs: 30), "--split", "none", "--points", "--positive-weight", "9", "--head-learning-rate", "0.05"], _buffers.Console).Should().Be(0, _buffers.Error);
    }

    public string Points { get; }

    public void Dispose() => _buffers.Dispose();
}
