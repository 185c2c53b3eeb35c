namespace Microsoft.ML.SoftPrompt.Baselines;

public sealed class WindowStatisticsTests
{
    [Fact]
    public void Statistics_are_those_worked_out_by_hand()
    {
        // Present: 1 3 2 6 at the times 0 1 3 4, sum 12, squares about the mean of 3: 4 + 0 + 1 + 9 = 14.
        float[] found = Compute([1, 3, float.NaN, 2, 6], [0, 1, 2, 3, 4]);

        Dictionary<string, double> expected = new()
        {
            ["length"] = 5, ["share missing"] = 0.2, ["mean"] = 3, ["standard deviation"] = Math.Sqrt(14 / 4.0), ["minimum"] = 1, ["first quartile"] = 1.75, ["median"] = 2.5,
            ["third quartile"] = 3.75, ["maximum"] = 6, ["first"] = 1, ["last"] = 6, ["last - first"] = 5,
            // Times about their mean of 2: −2 −1 1 2, squares 10, products 4 + 0 − 1 + 6 = 9; residual 14 − 8.1.
            ["slope"] = 0.9, ["t of slope"] = 0.9 / Math.Sqrt(5.9 / 2 / 10),
            // Jumps 2 1 4: mean 7/3, squares (1 + 16 + 25) / 9.
            ["largest jump"] = 4, ["mean jump"] = 7 / 3.0, ["largest jump in deviations of the jumps"] = 5 / 3.0 / Math.Sqrt(42 / 27.0),
            // Products about the mean: (0)(−2) + (−1)(0) + (3)(−1).
            ["lag-1 autocorrelation"] = -3 / 14.0,
            // The only split is 1 3 against 2 6: means 2 and 4, squares 2 + 8 over 2 degrees of freedom, t = 2 / √(5 (1/2 + 1/2)).
            ["largest |t| of a shift"] = 2 / Math.Sqrt(5), ["log variance ratio of the halves"] = Math.Log(4),
            ["largest |z|"] = 3 / Math.Sqrt(14 / 4.0), ["duration"] = 4, ["mean gap"] = 1, ["largest gap"] = 1,
        };
        expected.Keys.Should().Equal(WindowStatistics.Names);
        found.Should().HaveCount(expected.Count);
        foreach ((string name, double value) in expected)
            ((double)found[WindowStatistics.Names.ToList().IndexOf(name)]).Should().BeApproximately(value, 1e-6, "of {0}", name);
    }

    [Fact]
    public void What_a_single_value_does_not_define_is_NaN()
    {
        float[] found = Compute([7], [0]);

        found[..12].Should().Equal(1, 0, 7, 0, 7, 7, 7, 7, 7, 7, 7, 0);
        found[12..].Should().Equal(float.NaN, float.NaN, float.NaN, float.NaN, float.NaN, float.NaN, float.NaN, float.NaN, float.NaN, 0, float.NaN, float.NaN);
    }

    [Fact]
    public void Missing_values_alone_have_a_length_and_times() =>
        Compute([float.NaN, float.NaN], [0, 3]).Where(value => !float.IsNaN(value)).Should().Equal(2, 1, 3, 3, 3);

    [Fact]
    public void Perfect_lines_and_the_largest_values_stay_finite_or_undefined()
    {
        Compute([1, 2, 3, 4], [0, 1, 2, 3])[13].Should().Be(float.MaxValue, "the t of a line without residual is infinite");
        Compute([-float.MaxValue, float.MaxValue, 0, 1], [0, 1, 2, 3]).Should().NotContain(value => float.IsInfinity(value));
    }

    private static float[] Compute(float[] values, double[] times)
    {
        var result = new float[WindowStatistics.Names.Count];
        WindowStatistics.Compute(values, times, result);
        return result;
    }
}
