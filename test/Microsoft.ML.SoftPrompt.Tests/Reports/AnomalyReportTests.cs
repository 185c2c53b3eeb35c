using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Explaining;
using Microsoft.ML.SoftPrompt.Reports;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Reports;

public sealed class AnomalyReportTests
{
    [Fact]
    public void Windows_scored_by_a_model_are_put_together_to_their_series()
    {
        var ml = new MLContext(seed: 1);
        Reading[] readings = [.. Labelled("a", 60, 20), .. Labelled("b", 45, 30)];
        var windows = ml.Data.WindowSeries(ml.Data.LoadFromEnumerable(readings), "Series", "Value", "IsAnomaly", "Host", windowSize: ToySeries.Length, stride: 4);
        var model = ml.Transforms.QuantizeSeries("Tokens", "Series").Append(ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(1))).Fit(windows);

        AnomalyReport report = AnomalyReport.Create(model.Transform(windows), model.LastTransformer.Model);

        report.Series.Select(series => series.Name).Should().Equal("a", "b");
        float[] whole = readings.Where(reading => reading.Host == "a").Select(reading => reading.Value).ToArray();
        report.Series[0].Values.ToArray().Should().Equal(whole.Take(report.Series[0].Values.Length)).And.HaveCountGreaterThan(60 - 4);
        Answer[] answers = ml.Data.CreateEnumerable<Answer>(model.Transform(windows), reuseRowObject: false).ToArray();
        report.Series.SelectMany(series => series.Items).Select(item => (float)item.Score).Should().Equal(answers.Select(answer => answer.Score));
        (report.Metrics.TruePositives + report.Metrics.FalsePositives).Should().Be(answers.Count(answer => answer.PredictedLabel));
        report.Series[0].Items.Where(item => item.IsAnomaly).Should().OnlyContain(item => item.Start <= 20 && item.Start + ToySeries.Length > 20);
    }

    [Fact]
    public void A_reading_of_several_windows_has_the_mean_of_its_scores()
    {
        var ml = new MLContext(seed: 1);
        var readings = ml.Data.LoadFromEnumerable(Labelled("a", 60, 20));
        var windows = ml.Data.WindowSeries(readings, new WindowSeriesOptions { InputColumnName = "Value", LabelColumnName = "IsAnomaly", PointLabels = true, WindowSize = ToySeries.Length, Stride = 3 });
        var options = ToySeries.Options(1);
        options.ValidationFraction = 0;
        var model = ml.Transforms.QuantizeSeries("Tokens", "Series").Append(ml.AnomalyDetection.Trainers.SoftPrompt(options)).Fit(windows);

        ReportSeries series = AnomalyReport.Create(model.Transform(windows), model.LastTransformer.Model).Series.Should().ContainSingle().Subject;

        PointAnswer[] answers = ml.Data.CreateEnumerable<PointAnswer>(model.Transform(windows), reuseRowObject: false).ToArray();
        // Reading 4 stands fifth in the first window and second in the next.
        series.Items[4].Score.Should().BeApproximately((answers[0].Score[4] + (double)answers[1].Score[1]) / 2, 1e-6);
        series.Labels.ToArray().Select((label, i) => (label, i)).Where(pair => pair.label).Select(pair => pair.i).Should().Equal(20);
        series.Items.Should().OnlyContain(item => item.Length == 1 && item.IsAnomaly == (item.Start == 20));
    }

    [Fact]
    public void Windows_of_different_series_are_not_put_together()
    {
        var ml = new MLContext(seed: 1);
        Reading[] readings = [.. Labelled("a", 60, 20), .. Labelled("b", 60, 20)];
        for (int i = 60; i < readings.Length; i++)
            readings[i].Value += 3;
        var windows = ml.Data.WindowSeries(ml.Data.LoadFromEnumerable(readings), "Series", "Value", "IsAnomaly", "Host", windowSize: ToySeries.Length, stride: 4);
        var model = ml.Transforms.QuantizeSeries("Tokens", "Series").Append(ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(1))).Fit(windows);
        IDataView scored = model.Transform(windows), encoded = ml.Transforms.CopyColumns("Host", "Series").Fit(scored).Transform(scored);
        Action Creating(IDataView data, string? group) => () => AnomalyReport.Create(data, model.LastTransformer.Model, groupColumnName: group);

        Creating(scored, null).Should().NotThrow();
        Creating(encoded, null).Should().Throw<InvalidOperationException>().WithMessage("*group column 'Host', which now is Vector*Keep the column as it was*");
        Creating(scored, "PredictedLabel").Should().Throw<InvalidOperationException>().WithMessage("Rows * and * (from 0) are both of '*' in the group column 'PredictedLabel', but of 'a' and 'b' in 'Host'*");
        Creating(encoded, "Label").Should().Throw<InvalidOperationException>().WithMessage("Rows 0 and 13 (from 0) are both windows of the series 'false' and hold its reading 0, with 0 and 3 in 'Series'*");
    }

    [Fact]
    public void Series_that_a_mapping_to_keys_does_not_know_are_refused()
    {
        var ml = new MLContext(seed: 1);
        KeyReading[] readings = Labelled("", 60, 20).Select((reading, i) => new KeyReading { Host = i < 30 ? 1u : 0u, Value = reading.Value, IsAnomaly = reading.IsAnomaly }).ToArray();
        readings[50].IsAnomaly = true;
        var windows = ml.Data.WindowSeries(ml.Data.LoadFromEnumerable(readings), "Series", "Value", "IsAnomaly", "Host", windowSize: ToySeries.Length, stride: 4);
        var model = ml.Transforms.QuantizeSeries("Tokens", "Series").Append(ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(1))).Fit(windows);

        FluentActions.Invoking(() => AnomalyReport.Create(model.Transform(windows), model.LastTransformer.Model)).Should().Throw<InvalidOperationException>()
            .WithMessage("Row 5 (from 0) has no known value in the group column 'Host' (its key is 0)*");
    }

    [Fact]
    public void Nothing_that_comes_from_data_can_end_the_block_it_stands_in()
    {
        const string Hostile = "</script><script>alert(1)</script><!-- \u2028 \"quoted\" & more";
        var report = new AnomalyReport([Waves.Series(Hostile, 100)], 0) { Title = Hostile, Facts = [new(Hostile, Hostile)] };

        string page = Page(report);

        Regex.Matches(page, "</script").Should().HaveCount(2);
        page.Should().NotContain("alert(1)</");
        Data(page).GetProperty("title").GetString().Should().Be(Hostile);
        Data(page).GetProperty("series")[0].GetProperty("name").GetString().Should().Be(Hostile);
    }

    [Fact]
    public void The_page_names_nothing_outside_of_itself_and_carries_the_licence_of_the_plots()
    {
        string page = Page(new AnomalyReport([Waves.Series("a", 100)], 0));

        page.Should().Contain("default-src 'none'").And.Contain("Permission is hereby granted").And.Contain("Leon Sorokin");
        Regex.Matches(page, @"(src|href)\s*=\s*[""']|@import|url\(").Should().BeEmpty();
    }

    [Fact]
    public void The_same_report_is_the_same_file()
    {
        Page(new AnomalyReport([Waves.Series("a", 300, 10, 5)], 0)).Should().Be(Page(new AnomalyReport([Waves.Series("a", 300, 10, 5)], 0)));
    }

    [Fact]
    public void A_reading_takes_at_most_13_bytes_of_the_file_on_a_regular_time_axis()
    {
        int few = Page(new AnomalyReport([Waves.Series("a", 1_000, timed: true)], 0)).Length, many = Page(new AnomalyReport([Waves.Series("a", 21_000, timed: true)], 0)).Length;

        ((many - few) / 20_000.0).Should().BeInRange(11, 13);
    }

    [Fact]
    public void The_worst_cases_are_of_the_highest_normal_and_the_lowest_anomalous_scores_and_lie_apart()
    {
        ReportItem[] items = [new(0, 1, false, 5), new(1, 1, false, 4.9), new(90, 1, false, 4), new(150, 1, true, -2), new(151, 1, true, -3), new(190, 1, true, 6)];
        ReportSeries[] series = [new("a", new float[200], items), new("b", new float[3], [new(0, 1, false, 4.5)])];

        WorstCases.HighestNormal(series).Select(found => (found.Series, found.Item.Start)).Should().Equal((0, 0), (1, 0), (0, 90));
        WorstCases.LowestAnomalous(series).Select(found => (found.Series, found.Item.Start)).Should().Equal((0, 151), (0, 190));
        WorstCases.HighestNormal(series)[2].Should().Be(new ReportCase(0, items[2], 90 - 24, 90 + 1 + 24));
    }

    [Fact]
    public void Only_the_cases_shown_are_explained()
    {
        var asked = new List<ReportItem>();
        var report = new AnomalyReport([Waves.Series("a", 2_000, 10, 5)], 0)
        {
            Explain = (series, item) =>
            {
                asked.Add(item);
                return new ReportExplanation(item.Start, []);
            },
        };

        Page(report);

        asked.Should().HaveCount(8);
    }

    [Theory]
    [InlineData(95, 5, 2, 0.5, "*'a' on tells of 2 values at step 5; expected values within the 100*")]
    [InlineData(0, -1, 1, 0.5, "*1 values at step -1*")]
    [InlineData(0, 0, 0, 0.5, "*0 values at step 0*")]
    [InlineData(0, 3, 1, double.NaN, "*probabilities 0.9 and NaN at step 3*")]
    public void An_explanation_of_what_is_not_there_is_refused(int start, int step, int count, double without, string message)
    {
        var report = new AnomalyReport([Waves.Series("a", 100)], 0) { Explain = (_, _) => new ReportExplanation(start, [new ValueContribution(step, count, 0.9, without)]) };

        FluentActions.Invoking(() => Page(report)).Should().Throw<InvalidOperationException>().WithMessage(message);
    }

    [Fact]
    public void A_file_is_replaced_when_the_new_one_is_whole()
    {
        string folder = Directory.CreateTempSubdirectory("softprompt-report-").FullName, path = Path.Combine(folder, "report.html");
        try
        {
            File.WriteAllText(path, "before");
            var report = new AnomalyReport([Waves.Series("a", 100)], 0) { Explain = (_, _) => throw new InvalidOperationException("no explanation") };

            report.Invoking(one => one.Save(path)).Should().Throw<InvalidOperationException>();
            File.ReadAllText(path).Should().Be("before");

            report.Explain = null;
            report.Save(path);
            File.ReadAllText(path).Should().StartWith("<!doctype html>").And.EndWith("</html>\n");
            Directory.GetFiles(folder).Should().Equal(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static TheoryData<ReportSeries, string> Refused => new()
    {
        { new ReportSeries("a", Array.Empty<float>(), []), "*'a' has no values*" },
        { new ReportSeries("a", new[] { 1f, float.PositiveInfinity }, []), "*'a' holds*at index 1*" },
        { new ReportSeries("a", new float[3], [new(2, 2, false, 0)]), "*item of 2 values from index 2*within the 3 values*" },
        { new ReportSeries("a", new float[3], [new(1, 1, false, 0), new(0, 1, false, 0)]), "*in the order of their starts*" },
        { new ReportSeries("a", new float[3], []) { Labels = new bool[2] }, "*3 values and 2 labels*" },
        { new ReportSeries("a", new float[3], []) { Times = new DateTime[4] }, "*3 values and 4 times*" },
        { new ReportSeries("a", new float[3], []), "Nothing was judged*" },
        { new ReportSeries("a", new float[3], [new(0, 1, false, double.NaN)]), "*score at index 0 is NaN*" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_shown_is_refused_with_its_reason(ReportSeries series, string message)
    {
        FluentActions.Invoking(() => new AnomalyReport([series], 0)).Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void The_metrics_are_those_of_all_items()
    {
        ReportSeries[] series = [Waves.Series("a", 500), Waves.Series("b", 300, seed: 2)];
        ReportItem[] items = series.SelectMany(one => one.Items).ToArray();

        new AnomalyReport(series, 0.5).Metrics.Should().Be(BinaryMetrics.Compute(items.Select(item => item.Score).ToArray(), items.Select(item => item.IsAnomaly).ToArray(), 0.5));
    }

    internal static string Page(AnomalyReport report)
    {
        using var stream = new MemoryStream();
        report.Save(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static JsonElement Data(string page)
    {
        const string Start = "<script type=\"application/json\" id=\"data\">";
        int from = page.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        return JsonSerializer.Deserialize<JsonElement>(page[from..page.IndexOf("</script>", from, StringComparison.Ordinal)]);
    }

    private static Reading[] Labelled(string host, int count, int anomaly)
    {
        Reading[] readings = Reading.Series(host, Enumerable.Range(0, count).Select(i => i == anomaly ? 40f : i % 7).ToArray());
        readings[anomaly].IsAnomaly = true;
        return readings;
    }

    private sealed class KeyReading
    {
        [KeyType(10)]
        public uint Host { get; set; }

        public float Value { get; set; }

        public bool IsAnomaly { get; set; }
    }
}
