using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Benchmarks.Sets;

public sealed class BalancedSeriesTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static LabeledSeries Make(string group, bool label, params float[] values) => new(values, new[] { label }) { Group = group, Source = group };

    [Fact]
    public void A_line_stays_a_line_at_any_length()
    {
        BalancedSeries.Resample([0, 2, 4], 5).Should().Equal(0, 1, 2, 3, 4);
        BalancedSeries.Resample([0, 1, 2, 3, 4], 3).Should().Equal(0, 2, 4);
        BalancedSeries.Resample([3], 3).Should().Equal(3, 3, 3);
        BalancedSeries.Resample([1, 2, 3], 1).Should().Equal(2);
    }

    [Fact]
    public void Classes_are_level_and_what_is_made_has_the_length_and_the_range_of_its_origin()
    {
        LabeledSeries[] training =
        [
            Make("small", true, 0, 1, 0), Make("small", true, 0, 0.5f, 0.25f, 0), Make("large", true, 1000, 2000, 1500, 1000, 1200),
            .. Enumerable.Range(0, 10).Select(i => Make(i % 2 == 0 ? "small" : "large", false, i % 2 == 0 ? [0, 0.1f] : [1000, 1100])),
        ];

        IReadOnlyList<LabeledSeries> balanced = BalancedSeries.Of(_ml, training, seed: 1);

        balanced.Count(series => series.Labels.Span[0]).Should().Be(10);
        balanced.Take(training.Length).Should().Equal(training);
        LabeledSeries[] made = [.. balanced.Skip(training.Length)];
        made.Should().HaveCount(7);
        made.Where(series => series.Group == "large").Should().NotBeEmpty().And.OnlyContain(series => series.Values.Length == 5 && series.Values.ToArray().All(value => value >= 1000 && value <= 2000));
        made.Where(series => series.Group == "small").Should().NotBeEmpty().And.OnlyContain(series => (series.Values.Length == 3 || series.Values.Length == 4) && series.Values.ToArray().All(value => value >= 0 && value <= 1));
    }

    [Fact]
    public void A_single_anomaly_has_no_neighbour_and_is_left_alone()
    {
        LabeledSeries[] training = [Make("a", true, 1, 2), Make("a", false, 1, 1), Make("a", false, 2, 2)];

        BalancedSeries.Of(_ml, training, seed: 1).Should().Equal(training);
    }
}
