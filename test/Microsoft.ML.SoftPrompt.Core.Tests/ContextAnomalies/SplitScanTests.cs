using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

public sealed class SplitScanTests
{
    private const double Tolerance = 1e-12;

    /// <summary>Ties are common, some series are constant, some lie far from zero.</summary>
    private static Arbitrary<float[]> Series =>
        (from range in Gen.Elements(0, 1, 3, 100)
         from offset in Gen.Elements(0f, 1000f, 1e6f)
         from values in Gen.Choose(-range, range).ListOf()
         select values.Select(v => offset + v / 8f).ToArray()).ToArbitrary();

    [Fact]
    public void Statistics_equal_those_of_each_split_by_itself() =>
        Prop.ForAll(Series, values =>
            Same(SplitScan.Statistics<RunningValues>(Doubles(values)), NaiveSplits.Means(values))
            && Same(SplitScan.Statistics<RunningDeviations>(Doubles(values)), NaiveSplits.Spreads(values))).QuickCheckThrowOnFailure();

    [Fact]
    public void Statistics_do_not_change_with_shift_and_scale() =>
        Prop.ForAll(Series, values =>
        {
            double[] plain = Doubles(values), moved = [.. plain.Select(x => 17 - 4 * x)];
            return Same(SplitScan.Statistics<RunningValues>(moved), SplitScan.Statistics<RunningValues>(plain))
                && Same(SplitScan.Statistics<RunningDeviations>(moved), SplitScan.Statistics<RunningDeviations>(plain));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Statistics_of_the_reversed_series_are_the_reversed_statistics() =>
        Prop.ForAll(Series, values =>
        {
            double[] plain = Doubles(values);
            return Same(SplitScan.Statistics<RunningValues>([.. plain.Reverse()]), [.. SplitScan.Statistics<RunningValues>(plain).Reverse()])
                && Same(SplitScan.Statistics<RunningDeviations>([.. plain.Reverse()]), [.. SplitScan.Statistics<RunningDeviations>(plain).Reverse()]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Small_values_keep_their_digits_beside_large_ones()
    {
        float[] values = [1, 2, 4, 3, 5, 1e9f, -3e9f, 2e9f, 1e9f, 1e9f, 2, 2, 7, 1, 3];

        Same(SplitScan.Statistics<RunningValues>(Doubles(values)), NaiveSplits.Means(values)).Should().BeTrue();
        Same(SplitScan.Statistics<RunningDeviations>(Doubles(values)), NaiveSplits.Spreads(values)).Should().BeTrue();
        Same(SplitScan.Statistics<RunningValues>(Doubles(values[5..])), NaiveSplits.Means(values[5..])).Should().BeTrue();
    }

    [Fact]
    public void Short_series_have_no_splits() =>
        SplitScan.Statistics<RunningDeviations>([1, 2, 3]).Should().BeEmpty();

    private static double[] Doubles(float[] values) => [.. values.Select(v => (double)v)];

    private static bool Same(double[] found, double[] expected) =>
        found.Length == expected.Length && found.Zip(expected).All(pair => pair.First.Equals(pair.Second) || Math.Abs(pair.First - pair.Second) <= Tolerance * pair.Second);
}
