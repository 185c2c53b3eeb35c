using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Series;

public sealed class QuantileBinsTests
{
    [Theory]
    [InlineData(0f, 0)]
    [InlineData(0.9f, 0)]
    [InlineData(1f, 1)] // an edge belongs to the bin above it
    [InlineData(9.9f, 1)]
    [InlineData(10f, 2)]
    [InlineData(50f, 2)] // but the last to the last bin
    public void Values_go_to_the_bin_between_whose_edges_they_lie(float value, int bin) => new QuantileBins([0, 1, 10, 50]).Find(value).Should().Be(bin);

    [Theory]
    // Edges 1 to 4 are all 2, so bins 1, 2 and 3 have no width: 2 goes to the middle one, what lies above it to bin 4, below it to bin 0.
    [InlineData(1.9f, 0)]
    [InlineData(2f, 2)]
    [InlineData(2.1f, 4)]
    public void A_value_on_repeated_edges_has_the_middle_of_their_bins_for_itself(float value, int bin)
    {
        var bins = new QuantileBins([0, 2, 2, 2, 2, 5]);

        bins.Find(value).Should().Be(bin);
        bins.CountWithoutWidth().Should().Be(3);
        bins.GetCenter(2).Should().Be(2);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(5, 2)]
    [InlineData(10, 5)]
    public void A_single_value_goes_to_the_middle_bin_as_in_uniform_bins(int count, int bin)
    {
        new QuantileBins(Enumerable.Repeat(7f, count + 1).ToArray()).Find(7).Should().Be(bin);
        new UniformBins(7, 7, count).Find(7).Should().Be(bin);
    }

    [Fact]
    public void Tokens_rise_with_values_and_different_values_at_edges_differ()
    {
        Gen<int[]> gen = Gen.ArrayOf(Gen.Choose(0, 12)).Where(values => values.Length >= 3);

        Prop.ForAll(gen.ToArbitrary(), (Func<int[], bool>)(values =>
        {
            var bins = new QuantileBins(values.Order().Select(v => v / 3f).ToArray());
            int[] found = values.Order().Select(v => bins.Find(v / 3f)).ToArray();
            int[] inner = values.Distinct().Where(v => v < values.Max()).Select(v => bins.Find(v / 3f)).ToArray();
            return found.Zip(found.Skip(1), (a, b) => a <= b).All(rises => rises) && found[0] >= 0 && found[^1] < bins.Count && inner.Distinct().Count() == inner.Length;
        })).QuickCheckThrowOnFailure();
    }
}
