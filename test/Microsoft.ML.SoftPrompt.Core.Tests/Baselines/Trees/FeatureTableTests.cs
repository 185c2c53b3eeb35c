using System.Diagnostics;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

public sealed class FeatureTableTests
{
    private static readonly ValueScale s_plain = new(new MeanDeviation(0, 1), new Dictionary<string, MeanDeviation>());

    [Fact]
    public void Steps_are_from_and_to_the_nearest_values_that_are_not_missing()
    {
        const float Gap = float.NaN;
        float[] values = [Gap, 1, Gap, Gap, 4, 9, Gap];

        FeatureTable table = Of(values, neighbours: 2);

        Column(table, 1).Should().Equal(Gap, Gap, Gap, Gap, 3, 5, Gap);
        Column(table, 2).Should().Equal(Gap, 3, Gap, Gap, 5, Gap, Gap);
        Column(table, 4).Should().Equal(0, 1, 2, 3, 4, 5, 6);
        Column(table, 5).Should().Equal(6, 5, 4, 3, 2, 1, 0);
    }

    [Fact]
    public void A_neighbourhood_larger_than_any_series_is_the_whole_series()
    {
        float[] values = [1, 5, 2, 8];

        Of(values, int.MaxValue).Values.Should().Equal(Of(values, neighbours: 4).Values);
    }

    [Fact]
    public void A_long_gap_takes_no_longer_than_values_do()
    {
        var values = new float[200_000];
        Array.Fill(values, float.NaN, 1, values.Length - 2);

        var clock = Stopwatch.StartNew();
        Of(values, neighbours: 1);

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10), "searches from each value would be 40 billion comparisons");
    }

    private static FeatureTable Of(float[] values, int neighbours) =>
        FeatureTable.Of([new LabeledSeries(values, new bool[values.Length])], LabelKind.Point, s_plain, neighbours, CancellationToken.None);

    private static IEnumerable<float> Column(FeatureTable table, int feature) => Enumerable.Range(0, table.Rows).Select(row => table.Values[row * table.Features + feature]);
}
