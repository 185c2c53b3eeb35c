using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Explaining;

public sealed class OcclusionTests
{
    private static readonly MixingBackbone s_backbone = new();

    // Sorted without the missing one: 2 3 4 5 9; one of the five lies below the lower quartile, 3, and one above the upper one, 5.
    private static readonly uint[] s_series = [3, 9, 0, 2, 5, 4];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_value_is_replaced_by_the_quartile_that_leaves_the_lower_probability(bool calibrated)
    {
        SoftPromptScorer scorer = Scorer(LabelKind.Series, calibrated ? new PlattScaling(2, -0.5) : null);
        uint[][] lower = [[3, 9, 0, 2, 5, 4], [3, 3, 0, 2, 5, 4], [3, 9, 3, 2, 5, 4], [3, 9, 0, 3, 5, 4], [3, 9, 0, 2, 3, 4], [3, 9, 0, 2, 5, 3]];
        uint[][] upper = [[5, 9, 0, 2, 5, 4], [3, 5, 0, 2, 5, 4], [3, 9, 5, 2, 5, 4], [3, 9, 0, 5, 5, 4], [3, 9, 0, 2, 5, 4], [3, 9, 0, 2, 5, 5]];

        IReadOnlyList<ValueContribution> values = Explain(scorer, s_series);

        values.Select(value => (value.Step, value.Count, value.Point)).Should().Equal(Enumerable.Range(0, 6).Select(step => (step, 1, (int?)null)));
        values.Should().OnlyContain(value => value.Probability == Probability(scorer, s_series, 0));
        values.Select(value => value.ProbabilityWithout).Should().Equal(lower.Zip(upper, (low, high) => Math.Min(Probability(scorer, low, 0), Probability(scorer, high, 0))));
        values.Select(value => value.Lift).Should().Equal(values.Select(value => value.Probability - value.ProbabilityWithout));
        values.Should().Contain(value => value.Lift != 0);
    }

    [Theory]
    [InlineData(1, 1, "0+1 1+1 2+1 3+1 4+1 5+1")]
    [InlineData(3, 1, "0+3 1+3 2+3 3+3")]
    [InlineData(3, 3, "0+3 3+3")]
    [InlineData(4, 3, "0+4 3+3")]
    [InlineData(5, 5, "0+5 5+1")]
    [InlineData(6, 1, "0+6")]
    [InlineData(9, 2, "0+6")]
    [InlineData(int.MaxValue, int.MaxValue, "0+6")]
    public void Runs_cover_the_series_and_end_with_it(int width, int stride, string runs) =>
        string.Join(' ', Explain(Scorer(LabelKind.Series), s_series, width, stride).Select(value => $"{value.Step}+{value.Count}")).Should().Be(runs);

    [Fact]
    public void A_run_is_taken_away_whole()
    {
        SoftPromptScorer scorer = Scorer(LabelKind.Series);

        Explain(scorer, s_series, width: 3)[1].ProbabilityWithout.Should().Be(Math.Min(Probability(scorer, [3, 3, 3, 3, 5, 4], 0), Probability(scorer, [3, 5, 5, 5, 5, 4], 0)));
    }

    [Theory]
    [InlineData(new uint[] { 8, 2 }, 2, 8)]
    [InlineData(new uint[] { 8, 2, 6, 3 }, 2, 8)]
    [InlineData(new uint[] { 8, 2, 6, 3, 7, 9, 4, 1 }, 2, 8)]
    [InlineData(new uint[] { 8, 2, 6, 3, 7, 9, 4, 1, 5 }, 3, 7)]
    public void Quartiles_have_as_many_tokens_below_as_above(uint[] series, uint lower, uint upper)
    {
        SoftPromptScorer scorer = Scorer(LabelKind.Series);
        double Replaced(uint token) => Probability(scorer, [token, .. series[1..]], 0);

        Explain(scorer, series)[0].ProbabilityWithout.Should().Be(Math.Min(Replaced(lower), Replaced(upper)));
    }

    [Fact]
    public void Nothing_carries_a_series_of_missing_values_or_of_one_level()
    {
        foreach (uint token in new uint[] { 0, 7 })
            Explain(Scorer(LabelKind.Series), [token, token, token], width: 2).Should().HaveCount(2).And.OnlyContain(value => value.Lift == 0);
    }

    [Fact]
    public void With_labels_a_value_the_one_with_the_highest_probability_is_explained_or_the_chosen_one()
    {
        SoftPromptScorer scorer = Scorer(LabelKind.Point);
        double[] each = Enumerable.Range(0, s_series.Length).Select(i => Probability(scorer, s_series, i)).ToArray();
        int highest = Array.IndexOf(each, each.Max()), other = (highest + 2) % s_series.Length;

        double Without(int point) => Math.Min(Probability(scorer, [3, 3, 0, 2, 5, 4], point), Probability(scorer, [3, 5, 0, 2, 5, 4], point));
        IReadOnlyList<ValueContribution> byItself = Explain(scorer, s_series), chosen = Explain(scorer, s_series, point: other);

        byItself.Should().OnlyContain(value => value.Point == highest && value.Probability == each[highest]);
        byItself[1].ProbabilityWithout.Should().Be(Without(highest));
        chosen.Should().OnlyContain(value => value.Point == other && value.Probability == each[other]);
        chosen[1].ProbabilityWithout.Should().Be(Without(other));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Explained_together_or_one_by_one_is_the_same_bit_for_bit(bool points)
    {
        var occlusion = new Occlusion(Scorer(points ? LabelKind.Point : LabelKind.Series), 2, 1);
        ReadOnlyMemory<uint>[] series = Examples.Spikes(30, LabelKind.Series, seed: 3, withMissing: true).Select(example => example.Tokens).ToArray();

        IReadOnlyList<ValueContribution>[] together = occlusion.Explain(series, new int?[series.Length]);

        for (int i = 0; i < series.Length; i++)
            together[i].Should().Equal(occlusion.Explain([series[i]], [null])[0]);
    }

    [Fact]
    public void All_variants_are_scored_in_calls_of_the_size_that_the_backbone_prefers()
    {
        var backbone = new MixingBackbone(preferredPositions: 35);
        var scorer = new SoftPromptScorer(backbone, Parameters(LabelKind.Series, backbone));

        // The series and its 12 variants, of 6 values behind a prompt of 4: 130 positions.
        Explain(scorer, s_series);

        backbone.ForwardCalls.Should().Be(4);
    }

    [Theory]
    [InlineData(false, 12, 13)]
    [InlineData(true, 12, 13)]
    [InlineData(false, 1, 26)]
    [InlineData(true, 7 * 6, 4)]
    [InlineData(true, 26 * 6, 1)]
    public void A_limit_of_values_held_at_once_splits_even_the_variants_of_one_series_and_changes_no_bit(bool points, int limit, int calls)
    {
        LabelKind labelKind = points ? LabelKind.Point : LabelKind.Series;
        ReadOnlyMemory<uint>[] series = [s_series, new uint[] { 1, 7, 7, 0, 3, 8 }];
        var backbone = new MixingBackbone(preferredPositions: 10_000);
        var scorer = new SoftPromptScorer(backbone, Parameters(labelKind, backbone));
        var expected = new Occlusion(scorer, 1, 1).Explain(series, [null, 4]);
        backbone.ForwardCalls.Should().Be(1);

        var found = new Occlusion(scorer, 1, 1, limit).Explain(series, [null, 4]);

        // Two series of 6 values with 12 variants each: 26 in all.
        backbone.ForwardCalls.Should().Be(1 + calls);
        for (int i = 0; i < series.Length; i++)
            found[i].Should().Equal(expected[i]);
    }

    [Theory]
    [InlineData(0, 1, "*must be at least 1*")]
    [InlineData(2, 0, "*at least 1 and at most the width 2*")]
    [InlineData(2, 3, "*at least 1 and at most the width 2: with a longer one some values belong to no run*")]
    public void Widths_and_strides_out_of_range_are_refused(int width, int stride, string message)
    {
        Action make = () => _ = new Occlusion(Scorer(LabelKind.Series), width, stride);

        make.Should().Throw<ArgumentOutOfRangeException>().WithMessage(message);
    }

    [Fact]
    public void No_series_need_no_call() => new Occlusion(Scorer(LabelKind.Series), 1, 1).Explain([], []).Should().BeEmpty();

    private static IReadOnlyList<ValueContribution> Explain(SoftPromptScorer scorer, uint[] series, int width = 1, int stride = 1, int? point = null) =>
        new Occlusion(scorer, width, stride).Explain([series], [point])[0];

    private static double Probability(SoftPromptScorer scorer, uint[] series, int logit)
    {
        var logits = new float[scorer.CountLogits(series.Length)];
        scorer.Score(series, logits);
        return scorer.Parameters.Probability.ToProbability(logits[logit]);
    }

    private static SoftPromptScorer Scorer(LabelKind labelKind, PlattScaling? calibration = null) =>
        new(s_backbone, Parameters(labelKind, s_backbone) with { Calibration = calibration });

    private static SoftPromptParameters Parameters(LabelKind labelKind, MixingBackbone backbone) =>
        new(Examples.Start(backbone, TokenTable.ForBins(backbone, 10)), SoftPromptPooling.Mean, labelKind, 10, 0);
}
