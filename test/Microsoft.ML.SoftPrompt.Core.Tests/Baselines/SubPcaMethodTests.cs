namespace Microsoft.ML.SoftPrompt.Baselines;

public sealed class SubPcaMethodTests
{
    [Fact]
    public void Scores_of_pairs_are_those_worked_out_by_hand()
    {
        // Centred pairs of 0 2 0 are (−1, 1) and (1, −1): all variance, 2, lies along (1, −1)/√2, and nothing along (1, 1)/√2.
        IAnomalyScorer scorer = new SubPcaMethod { SubsequenceLength = 2, ExplainedVariance = 0 }.Fit([Series(0, 2, 0)], [], seed: 0);

        // (−2, 2) is 8 / 2; of 0 4 4 the second pair is 0, and the middle value the mean of both.
        scorer.Score([Series(0, 2, 0), Series(0, 4, 0), Series(7), Series(5, 5, 5)]).Should().Equal(new double[] { 1, 4, 0, 0 }, Near);
        scorer.Score([new LabeledSeries(new float[] { 0, 4, 4 }, new bool[3])]).Should().Equal(new double[] { 4, 2, 0 }, Near);
    }

    [Fact]
    public void Largest_component_does_not_count()
    {
        IAnomalyScorer scorer = new SubPcaMethod { SubsequenceLength = 2 }.Fit([Series(0, 2, 0)], [], seed: 0);

        scorer.Score([Series(0, 4, 0)])[0].Should().BeApproximately(0, 1e-9, "the swing is what training was made of");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_broken_wave_stands_out(bool normalize)
    {
        float[] wave = Enumerable.Range(0, 300).Select(t => (float)Math.Sin(t / 5.0)).ToArray(), broken = wave[..120];
        broken[70] = broken[71] = 0.9f;
        broken[10] = float.NaN;

        IReadOnlyList<double> scores = new SubPcaMethod { Normalize = normalize }.Fit([Series(wave)], [], seed: 0).Score([new LabeledSeries(broken, new bool[120])]);

        scores.ToList().IndexOf(scores.Max()).Should().BeInRange(62, 79, "subsequences of 10 that hold it begin at 61 and end at 80");
        scores[10].Should().Be(0);
    }

    [Fact]
    public void Training_without_variance_leaves_squared_lengths()
    {
        IAnomalyScorer scorer = new SubPcaMethod { SubsequenceLength = 2, ExplainedVariance = 0 }.Fit([Series(3, 3, 3)], [], seed: 0);

        // (−1, 1).
        scorer.Score([Series(3, 5)])[0].Should().BeApproximately(2, 1e-9);
    }

    [Theory]
    [InlineData(1, 0.9)]
    [InlineData(10, 1)]
    [InlineData(10, double.NaN)]
    public void Settings_out_of_range_are_refused(int length, double explained)
    {
        Action fit = () => new SubPcaMethod { SubsequenceLength = length, ExplainedVariance = explained }.Fit([Series(1)], [], seed: 0);

        fit.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static bool Near(double found, double expected) => Math.Abs(found - expected) < 1e-9;

    private static LabeledSeries Series(params float[] values) => new(values, new bool[1]);
}
