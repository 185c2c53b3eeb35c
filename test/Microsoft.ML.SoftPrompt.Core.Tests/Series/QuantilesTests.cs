using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.Statistics;

namespace Microsoft.ML.SoftPrompt.Series;

public sealed class QuantilesTests
{
    [Theory]
    // Eight values, so the quantile at p stands at place 7 p: 0.3 → 2.1 → 2 + 0.1 (3 − 2); 0.99 → 6.93 → 6 + 0.93 (9 − 6).
    [InlineData(0, 1)]
    [InlineData(0.01, 1)]
    [InlineData(0.25, 1.75f)]
    [InlineData(0.3, 2.1f)]
    [InlineData(0.5, 3.5f)]
    [InlineData(0.99, 8.79f)]
    [InlineData(1, 9)]
    public void Quantiles_lie_where_worked_out_by_hand(double probability, float expected) =>
        Quantiles.Of([1, 1, 2, 3, 4, 5, 6, 9], probability).Should().Be(expected);

    [Fact]
    public void One_value_is_every_quantile() => Quantiles.Of([5], 0.37).Should().Be(5);

    [Fact]
    public void The_widest_values_do_not_overflow() => Quantiles.Of([-float.MaxValue, float.MaxValue], 0.5).Should().Be(0);

    [Fact]
    public void Quantiles_are_those_of_a_library()
    {
        Gen<(int[], int)> gen = from values in Gen.ArrayOf(Gen.Choose(-50, 50)) where values.Length > 0 from percent in Gen.Choose(0, 100) select (values, percent);

        Prop.ForAll(gen.ToArbitrary(), (Func<(int[], int), bool>)(p =>
        {
            float[] values = p.Item1.Order().Select(v => v / 7f).ToArray();
            double expected = SortedArrayStatistics.QuantileCustom(Array.ConvertAll(values, v => (double)v), p.Item2 / 100.0, QuantileDefinition.R7);
            return Math.Abs(Quantiles.Of(values, p.Item2 / 100.0) - expected) <= 1e-6;
        })).QuickCheckThrowOnFailure();
    }
}
