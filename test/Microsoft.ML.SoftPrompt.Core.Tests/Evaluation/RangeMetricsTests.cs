using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Evaluation;

public sealed class RangeMetricsTests
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void Areas_and_volumes_equal_those_of_the_authors_package()
    {
        using JsonDocument golden = Golden.Json("metrics/vus.json");
        JsonElement cases = golden.RootElement.GetProperty("cases");
        cases.GetArrayLength().Should().BePositive();
        foreach (JsonElement c in cases.EnumerateArray())
        {
            bool[] labels = [.. c.GetProperty("y").EnumerateArray().Select(y => y.GetInt32() == 1)];
            double[] scores = [.. c.GetProperty("score").EnumerateArray().Select(score => score.GetDouble())];
            int window = c.GetProperty("sliding_window").GetInt32();
            JsonElement values = c.GetProperty("values");

            (double Roc, double PrecisionRecall) volumes = RangeMetrics.VolumeUnderSurface(scores, labels, window);
            (double Roc, double PrecisionRecall) areas = RangeMetrics.RangeAuc(scores, labels, window);

            volumes.Roc.Should().BeApproximately(values.GetProperty("VUS_ROC").GetDouble(), Tolerance);
            volumes.PrecisionRecall.Should().BeApproximately(values.GetProperty("VUS_PR").GetDouble(), Tolerance);
            areas.Roc.Should().BeApproximately(values.GetProperty("R_AUC_ROC").GetDouble(), Tolerance);
            areas.PrecisionRecall.Should().BeApproximately(values.GetProperty("R_AUC_PR").GetDouble(), Tolerance);
        }
    }

    [Fact]
    public void Areas_and_volumes_equal_those_of_the_straightforward_way()
    {
        // Scores of few values tie; runs of labels make stretches that lie at the edges, hold a single point, or grow together.
        Gen<bool[]> run = from isAnomaly in Gen.Elements(true, false, false) from length in Gen.Choose(1, 8) select Enumerable.Repeat(isAnomaly, length).ToArray();
        Gen<bool[]> labels = from count in Gen.Choose(1, 15) from runs in run.ArrayOf(count) select runs.SelectMany(one => one).ToArray();
        Gen<(bool[], double[], int)> series = from y in labels
                                              from distinct in Gen.Elements(1, 3, 10, 1000)
                                              from s in Gen.Choose(1, distinct).ArrayOf(y.Length)
                                              from window in Gen.Choose(0, 14)
                                              select (y, s.Select(score => score / 7.0).ToArray(), window);

        Prop.ForAll(series.ToArbitrary(), (Func<(bool[], double[], int), bool>)(one => EqualsStraightforward(one.Item1, one.Item2, one.Item3)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    [Fact]
    public void More_points_than_thresholds_are_as_in_the_straightforward_way()
    {
        var random = new Random(1);
        bool[] labels = [.. Enumerable.Range(0, 1000).Select(i => i % 97 < 5)];

        EqualsStraightforward(labels, [.. labels.Select(label => random.NextDouble() + (label ? 0.3 : 0))], window: 7).Should().BeTrue();
    }

    [Theory]
    [InlineData("0000010000", 4, 0)] // a single point
    [InlineData("1000000001", 6, 0)] // both edges
    [InlineData("0001000100", 3, 0)] // gap of three, margin of one: a point between them
    [InlineData("0001001000", 2, 0)] // gap of two: they touch
    [InlineData("0001010100", 2, 0)] // gap of one: a point that both reach
    [InlineData("0101010101", 9, 0)] // points reached by more than two
    [InlineData("0001000000", 50, 0)] // a window longer than the series
    [InlineData("0110", 3, 1)] // all scores equal
    [InlineData("1", 3, 1)]
    public void Odd_series_are_as_in_the_straightforward_way(string points, int window, int allEqual)
    {
        bool[] labels = [.. points.Select(point => point == '1')];
        double[] scores = [.. points.Select((point, i) => allEqual == 1 ? 3 : (i * 7 + point) % 10 / 10.0)];

        EqualsStraightforward(labels, scores, window).Should().BeTrue();
    }

    [Fact]
    public void Worked_example()
    {
        // With four points every rank is taken, so the curves step through .9, .6, .3, .1. The window of 2
        // widens the anomaly (index 2) by one point on either side, labels √½, 1 and √½: Σ = 1 + √2, P = (1 + 1 + √2) / 2.
        double p = (2 + Math.Sqrt(2)) / 2;
        (double, double)[] roc = [(0, 0), (0, 1 / p), ((1 - Math.Sqrt(0.5)) / (4 - p), 1), ((2 - 2 * Math.Sqrt(0.5)) / (4 - p), 1), ((3 - Math.Sqrt(2)) / (4 - p), 1), (1, 1)];
        double area = roc.Zip(roc.Skip(1), (a, b) => (b.Item1 - a.Item1) * (a.Item2 + b.Item2) / 2).Sum();
        double precision = (1 + Math.Sqrt(0.5)) / 2;

        (double Roc, double PrecisionRecall) areas = RangeMetrics.RangeAuc([0.1, 0.6, 0.9, 0.3], [false, false, true, false], window: 2);

        areas.Roc.Should().BeApproximately(area, 1e-12);
        // Recall 1 / P at a precision of 1, then 1 at (1 + √½) / 2.
        areas.PrecisionRecall.Should().BeApproximately(1 / p + (1 - 1 / p) * (1 + precision) / 2, 1e-12);
    }

    [Fact]
    public void Areas_that_do_not_exist_are_not_numbers()
    {
        RangeMetrics.VolumeUnderSurface([1, 2, 3], [false, false, false], 5).Should().Be((double.NaN, double.NaN));
        (double roc, double precisionRecall) = RangeMetrics.VolumeUnderSurface([1, 2, 3], [true, true, true], 5);
        roc.Should().Be(double.NaN);
        precisionRecall.Should().BeApproximately(1, 1e-12);
    }

    [Fact]
    public void Malformed_input_is_refused()
    {
        Action lengths = () => RangeMetrics.RangeAuc([1, 2], [true], 3);
        Action window = () => RangeMetrics.VolumeUnderSurface([1, 2], [true, false], -1);
        Action cancelled = () => RangeMetrics.VolumeUnderSurface([1, 2], [true, false], 3, new CancellationToken(canceled: true));

        lengths.Should().Throw<ArgumentException>().WithMessage("There are 2 scores and 1 labels*");
        window.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("maximumWindow");
        cancelled.Should().Throw<OperationCanceledException>();
    }

    private static bool EqualsStraightforward(bool[] labels, double[] scores, int window)
    {
        (double Roc, double PrecisionRecall) volumes = RangeMetrics.VolumeUnderSurface(scores, labels, window);
        (double Roc, double PrecisionRecall) areas = RangeMetrics.RangeAuc(scores, labels, window);
        (double Roc, double PrecisionRecall) slowVolumes = StraightforwardRangeMetrics.VolumeUnderSurface(scores, labels, window);
        (double Roc, double PrecisionRecall) slowAreas = StraightforwardRangeMetrics.RangeAuc(scores, labels, window);
        return Same(volumes.Roc, slowVolumes.Roc) && Same(volumes.PrecisionRecall, slowVolumes.PrecisionRecall)
            && Same(areas.Roc, slowAreas.Roc) && Same(areas.PrecisionRecall, slowAreas.PrecisionRecall);
    }

    private static bool Same(double actual, double expected) => double.IsNaN(expected) ? double.IsNaN(actual) : Math.Abs(actual - expected) < 1e-12;
}
