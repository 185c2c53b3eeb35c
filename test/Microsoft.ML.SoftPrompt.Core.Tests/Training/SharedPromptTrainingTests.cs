using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>In front of a decoder training and scoring compute the prompt once; against the same model behind an interface that hides what it is.</summary>
public sealed class SharedPromptTrainingTests
{
    private const int PromptLength = 6;

    private static readonly IBackbone s_decoder = Backbone.Open(BackboneFiles.InFolder(Golden.PathOf("backbones/gemma2")));
    private static readonly IBackbone s_hidden = new Hidden(s_decoder);

    /// <summary>Ten bins, the last of two pieces.</summary>
    private static TokenTable Table(IBackbone backbone) => TokenTable.FromPieces(backbone, [.. Enumerable.Range(0, 10).Select(bin => bin < 9 ? new[] { 20 + bin } : [40, 41])]);

    private static SoftPromptWeights Start()
    {
        int d = s_decoder.HiddenSize;
        Random random = new(1);
        float[] Random(int rows) => [.. Enumerable.Range(0, rows * d).Select(_ => random.NextSingle() - 0.5f)];
        return new SoftPromptWeights(PromptLength, d, Random(PromptLength), Random(1), Random(1), 0.1f);
    }

    [Theory]
    [InlineData(false, SoftPromptPooling.Mean)]
    [InlineData(false, SoftPromptPooling.First)]
    [InlineData(true, SoftPromptPooling.Mean)]
    public void A_steps_gradient_is_that_of_calls_that_compute_the_prompt_each(bool points, SoftPromptPooling pooling)
    {
        LabelKind labelKind = points ? LabelKind.Point : LabelKind.Series;
        TrainingExample[] batch = Examples.Spikes(100, labelKind, seed: 3, withMissing: true); // three calls
        SoftPromptTrainingStep[] steps = [.. new[] { s_decoder, s_hidden }.Select(backbone =>
            new SoftPromptTrainingStep(backbone, Table(backbone), labelKind, new TrainingSettings { Pooling = pooling }, Start(), trainsMissingRow: true))];
        double[] losses = [.. steps.Select(step => step.ComputeGradient(batch))];
        losses[0].Should().Be(losses[1]);
        steps[0].Logits.ToArray().Should().Equal(steps[1].Logits.ToArray());
        foreach (Func<SoftPromptTrainingStep, double[]> gradient in (Func<SoftPromptTrainingStep, double[]>[])[step => step.Prompt.Gradient, step => step.MissingRow.Gradient, step => step.HeadWeight.Gradient])
        {
            double[] once = gradient(steps[0]), each = gradient(steps[1]);
            // At the first position no series is seen: its missing values' row has no gradient.
            once.Zip(each, (x, y) => Math.Abs(x - y)).Max().Should().BeLessThanOrEqualTo(5e-6 * each.Max(Math.Abs));
        }
    }

    [Fact]
    public void Scores_have_the_bits_of_calls_that_compute_the_prompt_each()
    {
        SoftPromptParameters parameters = new(Start(), SoftPromptPooling.Mean, LabelKind.Series, 10, 0);
        ReadOnlyMemory<uint>[] series = [.. Examples.Spikes(100, LabelKind.Series, seed: 4, withMissing: true).Select(example => example.Tokens)];
        float[][] logits = [.. new[] { s_decoder, s_hidden }.Select(backbone =>
        {
            float[] answers = new float[series.Length];
            new SoftPromptScorer(backbone, Table(backbone), parameters).Score(series, answers);
            return answers;
        })];
        logits[0].Should().Equal(logits[1]);
        float[] alone = new float[1];
        new SoftPromptScorer(s_decoder, Table(s_decoder), parameters).Score(series[7].Span, alone);
        alone[0].Should().Be(logits[0][7]);
    }

    /// <summary>A backbone of which no more is known than the interface says.</summary>
    private sealed class Hidden(IBackbone backbone) : IBackbone
    {
        public BackboneFingerprint Fingerprint => backbone.Fingerprint;

        public int HiddenSize => backbone.HiddenSize;

        public int MaxPositions => backbone.MaxPositions;

        public int VocabularySize => backbone.VocabularySize;

        public int PreferredPositions => backbone.PreferredPositions;

        public bool HasTokenizer => backbone.HasTokenizer;

        public void CopyTokenRow(int tokenId, Span<float> destination) => backbone.CopyTokenRow(tokenId, destination);

        public IReadOnlyList<int> EncodeText(string text) => backbone.EncodeText(text);

        public IReadOnlyList<int> EncodeNumeral(int numeral, int largest) => backbone.EncodeNumeral(numeral, largest);

        public void Forward(BackboneInput input, Span<float> hidden) => backbone.Forward(input, hidden);

        public IBackboneTape ForwardForTraining(BackboneInput input, Span<float> hidden) => backbone.ForwardForTraining(input, hidden);
    }
}
