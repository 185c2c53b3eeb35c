using FluentAssertions.Execution;
using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Tests;

/// <summary>The example of docs/metrics.md, and its case against point adjustment.</summary>
public sealed class MetricsDocsTests
{
    [Fact]
    public void The_document_prints_what_is_run_here()
    {
        #region example
        DateTime start = new(2026, 1, 1);
        double[] scores = [0.1, 0.2, 0.7, 0.1, 0.3, 0.9, 0.8, 0.2, 0.1, 0.2, 0.4, 0.1];
        bool[] labels = [false, false, false, false, true, true, true, false, false, false, true, false];
        DateTime[] times = [.. scores.Select((_, i) => start.AddHours(i))];
        const double threshold = 0.5;

        BinaryMetrics metrics = BinaryMetrics.Compute(scores, labels, threshold);        // precision 2/3, recall 1/2, F1 4/7
        IReadOnlyList<CurvePoint> curve = Curves.PrecisionRecall(scores, labels);        // 8 points, one a distinct score and one for none
        (double vusRoc, double vusPr) = RangeMetrics.VolumeUnderSurface(scores, labels, maximumWindow: 4);

        bool[] flags = [.. scores.Select(score => score > threshold)];
        EventMetrics events = EventMetrics.Compute(flags, labels, times);                // 1 of 2 found, an hour late; 1 false alarm in 11 hours

        // Is the score better than one that only looks at the hour? Readings of one file are drawn together.
        string[] files = [.. scores.Select((_, i) => $"file {i / 3}.csv")];
        double[] hours = [.. times.Select(time => (double)time.Hour)];
        double Precision(double[] by, int[] items) => RankMetrics.AveragePrecision([.. items.Select(i => by[i])], [.. items.Select(i => labels[i])]);
        BootstrapInterval gain = GroupBootstrap.Difference(files, items => Precision(scores, items), items => Precision(hours, items));
        #endregion

        (metrics.Precision, metrics.Recall, metrics.F1).Should().Be((2 / 3.0, 0.5, 4 / 7.0));
        curve.Should().HaveCount(8);
        (vusRoc, vusPr).Should().Match<(double Roc, double Pr)>(vus => vus.Roc > 0.5 && vus.Roc < 1 && vus.Pr > 4 / 12.0 && vus.Pr < 1);
        (events.Detected, events.Anomalies, events.FalseAlarms, events.MeanDelayTime, events.Covered).Should().Be((1, 2, 1, TimeSpan.FromHours(1), TimeSpan.FromHours(11)));
        // By score 1, 1, 3/4 and 4/5; by the hour, from the last on: 1/2 at 10, then 2/6, 3/7 and 4/8.
        gain.Estimate.Should().BeApproximately((1 + 1 + 3 / 4.0 + 4 / 5.0) / 4 - (1 / 2.0 + 2 / 6.0 + 3 / 7.0 + 4 / 8.0) / 4, 1e-12);
        Documents.ShouldPrint("docs/metrics.md", "example");
    }

    [Fact]
    public void A_random_detector_has_the_scores_that_the_document_prints()
    {
        const int points = 10_000, detectors = 200;
        bool[] labels = [.. Enumerable.Range(0, points).Select(i => i is >= 4_000 and < 4_500)];
        DateTime[] times = [.. Enumerable.Range(0, points).Select(i => DateTime.UnixEpoch.AddMinutes(i))];
        var random = new Random(1);
        double f1 = 0, adjustedF1 = 0, recall = 0, daily = 0;
        for (int detector = 0; detector < detectors; detector++)
        {
            bool[] flags = [.. labels.Select(_ => random.NextDouble() < 0.01)];
            EventMetrics events = EventMetrics.Compute(flags, labels, times);
            f1 += F1(flags, labels) / detectors;
            adjustedF1 += F1([.. flags.Select((flag, i) => flag || (labels[i] && events.Detected == 1))], labels) / detectors;
            recall += events.Recall / detectors;
            daily += events.FalseAlarmsPerDay!.Value / detectors;
        }

        // By hand: .017, .993 · .913 = .907, .993, and 9,500 · .01 · .99 = 94 stretches in 6.94 days, which are 13.5 a day.
        using var all = new AssertionScope();
        Math.Round(f1, 3).Should().Be(0.016);
        Math.Round(adjustedF1, 3).Should().Be(0.908);
        Math.Round(recall, 3).Should().Be(0.995);
        Math.Round(daily, 1).Should().Be(13.7);
    }

    private static double F1(bool[] flags, bool[] labels) => BinaryMetrics.Compute([.. flags.Select(flag => flag ? 1.0 : 0.0)], labels, 0.5).F1;
}
