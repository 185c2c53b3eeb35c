using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Training;

[Collection(nameof(SchedulerThreads))]
public sealed class SoftPromptScorerTests
{
    private static readonly MixingBackbone s_backbone = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Series_scores_the_same_alone_in_a_batch_in_any_order_and_on_any_number_of_threads(bool points)
    {
        SoftPromptScorer scorer = Scorer(points ? LabelKind.Point : LabelKind.Series);
        ReadOnlyMemory<uint>[] series = Examples.Spikes(40, LabelKind.Series, seed: 8, withMissing: true).Select(e => e.Tokens).ToArray();
        float[][] alone = series.Select(s =>
        {
            var logits = new float[scorer.CountLogits(s.Length)];
            scorer.Score(s.Span, logits);
            return logits;
        }).ToArray();

        int before = Scheduler.MaxThreads;
        try
        {
            foreach (int threads in new[] { 1, 3 })
            {
                Scheduler.MaxThreads = threads;
                Score(scorer, series).Should().Equal(alone.SelectMany(l => l));
                Score(scorer, series.Reverse().ToArray()).Should().Equal(alone.Reverse().SelectMany(l => l));
            }
        }
        finally
        {
            Scheduler.MaxThreads = before;
        }
        alone.SelectMany(l => l).Distinct().Should().HaveCountGreaterThan(30);
    }

    [Fact]
    public void Batch_takes_calls_of_the_preferred_size()
    {
        var backbone = new MixingBackbone(preferredPositions: 50);
        var scorer = new SoftPromptScorer(backbone, Parameters(LabelKind.Series, backbone));

        // Ten series of 6 values behind a prompt of 4: 100 positions, two calls.
        Score(scorer, Enumerable.Repeat((ReadOnlyMemory<uint>)new uint[] { 1, 2, 3, 4, 5, 6 }, 10).ToArray());

        backbone.ForwardCalls.Should().Be(2);
    }

    [Fact]
    public void No_series_need_no_call() => Score(Scorer(LabelKind.Series), []).Should().BeEmpty();

    [Fact]
    public void Malformed_calls_are_refused()
    {
        SoftPromptScorer scorer = Scorer(LabelKind.Point);
        Action room = () => scorer.Score([1, 2], new float[1]);
        Action length = () => scorer.Score(new uint[61], new float[61]);
        Action bins = () => _ = new SoftPromptScorer(s_backbone, TokenTable.ForBins(s_backbone, 9), Parameters(LabelKind.Series, s_backbone));
        Action width = () => _ = new SoftPromptScorer(new MixingBackbone(hiddenSize: 8), Parameters(LabelKind.Series, s_backbone));

        room.Should().Throw<ArgumentException>().WithMessage("There is room for 1 logits; the series have 2.");
        length.Should().Throw<ArgumentException>().WithMessage("A series of 61 values takes 61 positions and the prompt 4, but mixing has 64*");
        bins.Should().Throw<ArgumentException>().WithMessage("The prompt was trained with 10 bins, and the table has 9.*");
        width.Should().Throw<ArgumentException>().WithMessage("The prompt has rows of 6 components, the backbone mixing of 8*");
    }

    [Fact]
    public void Cancellation_stops_a_batch()
    {
        Action score = () => Scorer(LabelKind.Series).Score([new uint[] { 1 }], new float[1], new CancellationToken(canceled: true));

        score.Should().Throw<OperationCanceledException>();
    }

    private static float[] Score(SoftPromptScorer scorer, ReadOnlyMemory<uint>[] series)
    {
        var logits = new float[series.Sum(s => scorer.CountLogits(s.Length))];
        scorer.Score(series, logits);
        return logits;
    }

    private static SoftPromptScorer Scorer(LabelKind labelKind) => new(s_backbone, Parameters(labelKind, s_backbone));

    private static SoftPromptParameters Parameters(LabelKind labelKind, MixingBackbone backbone) =>
        new(Examples.Start(backbone, TokenTable.ForBins(backbone, 10)), SoftPromptPooling.Mean, labelKind, 10, 0);
}
