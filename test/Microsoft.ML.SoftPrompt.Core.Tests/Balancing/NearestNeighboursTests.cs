using System.Text.Json;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Balancing;

[Collection(nameof(SchedulerThreads))]
public sealed class NearestNeighboursTests
{
    [Fact]
    public void Neighbours_are_those_of_scikit_learn()
    {
        using var golden = Golden.Json("smote/neighbours.json");
        double[][] series = golden.RootElement.GetProperty("x").Deserialize<double[][]>()!;
        int[][] expected = golden.RootElement.GetProperty("nearest5").Deserialize<int[][]>()!;

        int[][] nearest = Find(series, 5);

        nearest.Should().HaveCount(expected.Length);
        for (int i = 0; i < expected.Length; i++)
            nearest[i].Should().Equal(expected[i], "these are the neighbours of series {0}", i);
    }

    [Fact]
    public void Of_equally_near_series_the_earlier_comes_first()
    {
        // Distances from series 2: 3, 1, ·, 1, 2, 1.
        double[][] series = [[3], [1], [0], [-1], [-2], [1]];

        Find(series, 4)[2].Should().Equal(1, 3, 5, 4);
        Find(series, 2)[2].Should().Equal(1, 3);
    }

    [Fact]
    public void Series_of_other_lengths_are_no_neighbours()
    {
        double[][] series = [[0, 0], [1, 1, 1], [9, 9], [2, 2, 2], [5, 5]];

        Find(series, 5).Should().BeEquivalentTo(new int[][] { [4, 2], [3], [4, 0], [1], [2, 0] }, o => o.WithStrictOrdering());
    }

    [Fact]
    public void Series_of_other_groups_are_no_neighbours()
    {
        string[] groups = ["a", "b", "a", "b", "a"];

        NearestNeighbours.Find(groups.Select((group, i) => new RowSeries(i, [i], group)).ToArray(), 5)
            .Should().BeEquivalentTo(new int[][] { [2, 4], [3], [0, 4], [1], [2, 0] }, o => o.WithStrictOrdering());
    }

    [Fact]
    public void Missing_values_count_for_nothing_and_the_rest_is_scaled()
    {
        // √(4/2 · ((3 − 1)² + (6 − 5)²)) = √10.
        NearestNeighbours.Distance([3, double.NaN, double.NaN, 6], [1, double.NaN, 4, 5]).Should().BeApproximately(Math.Sqrt(10), 1e-12);
        NearestNeighbours.Distance([3, double.NaN], [double.NaN, 1]).Should().Be(double.NaN);
        NearestNeighbours.Distance([1, 2, 3], [1, 2, 3]).Should().Be(0);
    }

    [Fact]
    public void Series_without_a_common_value_are_no_neighbours()
    {
        double[][] series = [[1, double.NaN], [double.NaN, 1], [2, 2]];

        Find(series, 2).Should().BeEquivalentTo(new int[][] { [2], [2], [0, 1] }, o => o.WithStrictOrdering());
    }

    [Fact]
    public void The_number_of_threads_does_not_matter()
    {
        var random = new Random(1);
        double[][] series = Enumerable.Range(0, 200).Select(_ => Enumerable.Range(0, 7).Select(_ => (double)random.Next(4)).ToArray()).ToArray(); // many ties
        int threads = Scheduler.MaxThreads;
        try
        {
            Scheduler.MaxThreads = 1;
            int[] one = Find(series, 5).SelectMany(found => found).ToArray();
            Scheduler.MaxThreads = 3;
            Find(series, 5).SelectMany(found => found).Should().Equal(one);
        }
        finally
        {
            Scheduler.MaxThreads = threads;
        }
    }

    private static int[][] Find(double[][] series, int count) => NearestNeighbours.Find(series.Select((values, i) => new RowSeries(i, values)).ToArray(), count);
}
