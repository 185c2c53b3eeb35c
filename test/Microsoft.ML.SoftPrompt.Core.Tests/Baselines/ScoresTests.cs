using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>What every method owes to a comparison, on series as bad as the door lets in.</summary>
public sealed class ScoresTests
{
    private static readonly IAnomalyMethod[] Methods =
    [
        new LargestZScoreMethod(), new LargestJumpMethod(), new SeriesLengthMethod(), new SpectralResidualMethod(), new SubPcaMethod(), new SubPcaMethod { Normalize = true, ExplainedVariance = 0 },
        new BoostedTreesMethod { Trees = 5, MinimumLeafSize = 1 }, new LstmMethod { HiddenSize = 3, Epochs = 1 },
    ];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Methods.Length)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void Scores_are_finite_one_a_label_and_a_series_own(int index) => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        IAnomalyMethod method = Methods[index];
        var random = new Random(seed);
        bool points = random.Next(2) == 0 && method is not SeriesLengthMethod;
        LabeledSeries[] training = [Series(random, points, true), Series(random, points, false), .. Draw(random, points)], test = Draw(random, points);

        IAnomalyScorer scorer = method.Fit(training, Draw(random, points), seed);
        IReadOnlyList<double> scores = scorer.Score(test);

        scores.Should().HaveCount(test.Sum(series => series.Labels.Length)).And.OnlyContain(score => double.IsFinite(score));
        scores.Should().Equal(test.SelectMany(series => scorer.Score([series with { Labels = new bool[series.Labels.Length] }])), "neighbours and labels change nothing");
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private static LabeledSeries[] Draw(Random random, bool points) => Enumerable.Range(0, random.Next(1, 6)).Select(_ => Series(random, points, random.Next(2) == 0)).ToArray();

    /// <summary>1 to 30 values: constant, tiny, huge or missing, with times or without.</summary>
    private static LabeledSeries Series(Random random, bool points, bool label)
    {
        float scale = new[] { 0f, 1e-30f, 1, 5e37f }[random.Next(4)];
        var values = Enumerable.Range(0, random.Next(1, 31)).Select(_ => random.Next(5) == 0 ? float.NaN : 5 * scale + scale * random.NextSingle()).ToArray();
        if (label)
            values[0] = scale;
        double[] times = Enumerable.Range(0, random.Next(2) * values.Length).Select(i => (double)(i / 2)).ToArray();
        var labels = new bool[points ? values.Length : 1];
        labels[0] = label;
        if (points && !label && labels.Length > 1)
            labels[1] = true;
        return new LabeledSeries(values, labels) { Times = times, Group = random.Next(2) == 0 ? "a" : "b" };
    }
}
