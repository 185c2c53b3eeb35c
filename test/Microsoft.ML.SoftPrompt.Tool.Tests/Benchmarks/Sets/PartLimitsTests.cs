using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Benchmarks.Sets;

public sealed class PartLimitsTests
{
    private static LabeledSeries[] Part(int anomalous, int normal) =>
        [.. Enumerable.Range(0, anomalous + normal).Select(i => new LabeledSeries(new float[] { i }, new[] { i % ((anomalous + normal) / anomalous) == 0 }))];

    private static int Anomalous(IReadOnlyList<LabeledSeries> part) => part.Count(series => series.Labels.Span[0]);

    [Fact]
    public void Drawn_series_keep_their_order_and_the_classes_their_shares()
    {
        LabeledSeries[] part = Part(20, 80);
        var data = new BenchmarkData(part, [.. part, .. Part(60, 0)], 60, part, part);

        BenchmarkData drawn = PartLimits.Parse("40/10/all").Draw(data, seed: 1);

        // One in five; of the balanced part half.
        (drawn.Training.Count, Anomalous(drawn.Training)).Should().Be((40, 8));
        (drawn.Balanced.Count, Anomalous(drawn.Balanced)).Should().Be((40, 20));
        drawn.Synthetic.Should().Be(drawn.Balanced.Except(part).Count()).And.BeGreaterThan(0);
        (drawn.Validation.Count, Anomalous(drawn.Validation)).Should().Be((10, 2));
        drawn.Test.Should().Equal(part);
        drawn.Training.Select(series => series.Values.ToArray()[0]).Should().BeInAscendingOrder();
        PartLimits.Parse("40/10/all").Draw(data, seed: 1).Training.Should().Equal(drawn.Training);
        PartLimits.Parse("40/10/all").Draw(data, seed: 2).Training.Should().NotEqual(drawn.Training);
    }

    [Fact]
    public void A_rare_class_is_drawn_once_at_least()
    {
        LabeledSeries[] part = Part(1, 999);
        var data = new BenchmarkData(part, part, 0, part, part);

        BenchmarkData drawn = PartLimits.Parse("10/1/2").Draw(data, seed: 1);

        new[] { drawn.Training, drawn.Validation, drawn.Test }.Select(one => (one.Count, Anomalous(one))).Should().Equal((10, 1), (1, 1), (2, 1));
        drawn.Balanced.Should().Equal(drawn.Training);
    }

    [Fact]
    public void Limits_are_written_as_they_are_read() => PartLimits.Parse("1000/ALL/20").ToString().Should().Be("1000/all/20");
}
