using Microsoft.ML.SoftPrompt.Explaining;
using Microsoft.ML.SoftPrompt.Reports;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Reports;

/// <summary>The examples of docs/report.md, word for word.</summary>
public sealed class ReportDocsTests
{
    [Fact]
    public void A_report_of_a_model()
    {
        var ml = new MLContext(seed: 1);
        var windows = ml.Data.LoadFromEnumerable(ToySeries.Windows(30));
        var tested = ml.Data.LoadFromEnumerable(ToySeries.Windows(20, seed: 2));
        var pipeline = ml.Transforms.QuantizeSeries("Tokens", "Series").Append(ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(1)));

        #region a model
        var model = pipeline.Fit(windows);
        var report = AnomalyReport.Create(model.Transform(tested), model.LastTransformer.Model, labelColumnName: "Label", seriesColumnName: "Series");
        report.Title = "Hosts, last week";
        #endregion

        // Without windows that were cut from readings every row is a series.
        report.Series.Should().HaveCount(20);
        report.Series[3].Name.Should().Be("row 3");
        AnomalyReportTests.Page(report).Should().Contain("Hosts, last week");
        Documents.ShouldPrint("docs/report.md", "a model");
    }

    [Fact]
    public void A_report_of_scores()
    {
        float[] values = [1, 2, 9, 2];
        bool[] labels = [false, false, true, false];
        double[] scores = [0.4, 0, 3.5, 0.1];
        DateTime[] times = Enumerable.Range(0, 4).Select(i => new DateTime(2026, 1, 1).AddHours(i)).ToArray();

        #region scores
        ReportItem[] items = scores.Select((score, i) => new ReportItem(Start: i, Length: 1, labels[i], score)).ToArray();
        var report = new AnomalyReport([new ReportSeries("host-1", values, items) { Labels = labels, Times = times }], threshold: 3)
        {
            Facts = [new("Detector", "z-score")],
            Explain = (series, item) => new ReportExplanation(item.Start, [new ValueContribution(Step: 0, Count: 1, Probability: 0.9, ProbabilityWithout: 0.2)]),
        };
        #endregion

        report.Metrics.F1.Should().Be(1);
        AnomalyReportTests.Page(report).Should().Contain("\"without\":0.2").And.Contain("z-score");
        Documents.ShouldPrint("docs/report.md", "scores");
    }
}
