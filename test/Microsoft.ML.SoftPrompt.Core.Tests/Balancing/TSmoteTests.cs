using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Balancing;

public sealed class TSmoteTests
{
    [Fact]
    public void The_papers_worked_example()
    {
        using var golden = Golden.Json("smote/neighbours.json");
        var example = golden.RootElement.GetProperty("worked_example");
        double[] Series(string name) => example.GetProperty(name).Deserialize<double[]>()!;

        double[] made = Series("a").Zip(Series("b"), (x, y) => TSmote.Interpolate(x, y, example.GetProperty("lambda").GetDouble())).ToArray();

        made.Should().Equal(Series("synthetic"));
    }

    [Theory]
    [InlineData(10, 90, 1.0, 80)]
    [InlineData(10, 90, 0.5, 35)]
    [InlineData(10, 25, 0.5, 3)] // 12.5 is rounded up to 13
    [InlineData(10, 21, 0.49, 0)] // 10.29 is rounded to 10
    [InlineData(50, 90, 0.5, 0)]
    public void The_count_brings_the_minority_to_the_ratio_rounded(int minority, int majority, double ratio, int expected) =>
        TSmote.CountNeeded(minority, majority, ratio).Should().Be(expected);

    [Fact]
    public void Every_series_lies_between_a_minority_series_and_one_of_its_neighbours() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            int k = random.Next(1, 4), length = random.Next(1, 6), count = random.Next(1, 40);
            var minority = Minority(Enumerable.Range(0, random.Next(k + 1, 12)).Select(_ => Numbers(random, length)).ToArray());
            int[][] nearest = NearestNeighbours.Find(minority, k);

            var smote = TSmote.Create(minority, count, k, NeighbourLengths.EqualLengths, seed);

            smote.Count.Should().Be(count);
            for (int i = 0; i < count; i++)
            {
                double[] made = smote.Make(i);
                int from = smote.BaseOf(i);
                nearest[from].Any(to => LiesBetween(made, minority[from].Values, minority[to].Values)).Should().BeTrue();
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_minority_series_take_turns()
    {
        var random = new Random(3);
        var minority = Minority(Enumerable.Range(0, 7).Select(_ => Numbers(random, 4)).ToArray());

        var smote = TSmote.Create(minority, 24, 5, NeighbourLengths.EqualLengths, seed: 2);

        Enumerable.Range(0, 24).GroupBy(smote.BaseOf).Select(group => group.Count()).Should().HaveCount(7).And.OnlyContain(count => count == 3 || count == 4);
    }

    [Fact]
    public void All_neighbours_and_the_whole_segment_are_drawn_from()
    {
        // One dimension, so that λ can be read off: from series 0 at 0 to the neighbours at 1, 10 and 100.
        var minority = Minority([0], [1], [10], [100]);

        var smote = TSmote.Create(minority, 40_000, 3, NeighbourLengths.EqualLengths, seed: 4);

        double[] made = Enumerable.Range(0, smote.Count).Where(i => smote.BaseOf(i) == 0).Select(i => smote.Make(i)[0]).ToArray();
        made.Should().HaveCount(10_000);
        (made.Min() >= 0 && made.Max() < 100).Should().BeTrue();
        // Uniform λ and neighbour: P(value < 1/2) = (1/2 + 1/20 + 1/200)/3 = 0.185, P(value ≥ 10) = 0.9/3 = 0.3; standard deviations below 0.005.
        (made.Count(value => value < 0.5) / 10_000.0).Should().BeApproximately(0.185, 0.02);
        (made.Count(value => value >= 10) / 10_000.0).Should().BeApproximately(0.3, 0.02);
    }

    [Fact]
    public void The_same_seed_makes_the_same_series_and_another_one_others()
    {
        var random = new Random(5);
        var minority = Minority(Enumerable.Range(0, 9).Select(_ => Numbers(random, 3)).ToArray());
        double[] Values(int seed)
        {
            var smote = TSmote.Create(minority, 20, 5, NeighbourLengths.EqualLengths, seed);
            return Enumerable.Range(0, 20).SelectMany(smote.Make).ToArray();
        }

        Values(1).Should().Equal(Values(1));
        Values(2).Should().NotEqual(Values(1));
    }

    [Fact]
    public void A_value_missing_in_either_series_is_missing()
    {
        var minority = Minority([1, double.NaN, 3, 4], [1, 2, double.NaN, 4]);

        var smote = TSmote.Create(minority, 2, 1, NeighbourLengths.EqualLengths, seed: 1);

        smote.Make(0).Should().Equal(1, double.NaN, double.NaN, 4);
    }

    [Fact]
    public void Resampled_series_have_the_median_length()
    {
        var minority = Minority([0, 1, 2], [0, 2], [0, 1, 2, 3, 4], [0, 1, 2]);

        var smote = TSmote.Create(minority, 8, 3, NeighbourLengths.ResampleToMedian, seed: 1);

        Enumerable.Range(0, 8).Select(smote.Make).Should().OnlyContain(made => made.Length == 3 && made[0] == 0 && made[2] >= 2 && made[2] <= 4);
    }

    [Fact]
    public void Too_few_neighbours_are_counted()
    {
        var minority = Minority([1], [2], [3, 3], [4, 4], [5, 5]);

        FluentActions.Invoking(() => TSmote.Create(minority, 1, 2, NeighbourLengths.EqualLengths, seed: 1)).Should().Throw<ArgumentException>()
            .WithMessage("Too few neighbours: 5 minority series train, and the one in row 100 (from 0; 1 values) has 1 (*NeighbourCount asks for 2*ResampleToMedian*");
        FluentActions.Invoking(() => TSmote.Create(minority, 1, 5, NeighbourLengths.ResampleToMedian, seed: 1)).Should().Throw<ArgumentException>()
            .WithMessage("*5 minority series*has 4 (*asks for 5. Lower NeighbourCount or add data*");
    }

    private static RowSeries[] Minority(params double[][] series) => series.Select((values, i) => new RowSeries(100 + i, values)).ToArray();

    private static double[] Numbers(Random random, int count) => Enumerable.Range(0, count).Select(_ => (double)random.Next(-5, 6)).ToArray();

    private static bool LiesBetween(double[] made, double[] from, double[] to)
    {
        int moved = Array.FindIndex(from.Zip(to).ToArray(), pair => pair.First != pair.Second);
        double weight = moved < 0 ? 0 : (made[moved] - from[moved]) / (to[moved] - from[moved]);
        return weight >= 0 && weight < 1 && made.Select((value, t) => Math.Abs(value - (from[t] + weight * (to[t] - from[t]))) < 1e-9).All(close => close);
    }
}
