using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.MiniLM;

namespace Microsoft.ML.SoftPrompt.Baselines;

public class ZeroShotDecoderMethodTests
{
    private const string Template = "S\n{series}\nA:";

    /// <summary>A logit by hand: the last hidden state of a text times the row of a token.</summary>
    private static double Logit(IBackbone backbone, string text, string word)
    {
        float[] hidden = ZeroShotSeries.Hidden(backbone, text), row = new float[backbone.HiddenSize];
        backbone.CopyTokenRow(backbone.EncodeText(word).Single(), row);
        return row.Select((weight, i) => (double)weight * hidden[^(row.Length - i)]).Sum();
    }

    [Fact]
    public void The_score_is_the_logit_of_yes_less_that_of_no()
    {
        using WordedLlama files = new();
        IBackbone llama = files.Open();
        ZeroShotDecoderMethod method = new(llama, Template);
        double[] scores = [.. method.Fit([ZeroShotSeries.Of(1)], [], seed: 1).Score([ZeroShotSeries.Of(1, 2.5f, -3), ZeroShotSeries.Of(12), ZeroShotSeries.Of(float.NaN, 7)])];
        string[] texts = ["S\n1, 2.5, -3\nA:", "S\n12\nA:", "S\nmissing, 7\nA:"];
        for (int i = 0; i < texts.Length; i++)
            scores[i].Should().BeApproximately(Logit(llama, texts[i], " yes") - Logit(llama, texts[i], " no"), 1e-4 * scores.Max(Math.Abs));
        scores.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void A_score_does_not_depend_on_the_other_series()
    {
        using WordedLlama files = new();
        ZeroShotDecoderMethod method = new(files.Open(), Template);
        LabeledSeries[] series = ZeroShotSeries.Many(30, 8);
        method.Score(series).Should().Equal(series.Select(one => method.Score([one]).Single()));
        method.Score([]).Should().BeEmpty();
    }

    [Fact]
    public void Of_a_series_beyond_the_positions_the_last_values_are_read()
    {
        using WordedLlama files = new();
        ZeroShotDecoderMethod method = new(files.Open(), Template);
        float[] values = [.. Enumerable.Range(0, 40).Select(i => (float)(i % 10))];
        // 64 positions; "S\n" takes 2 and "\nA:" 3; of the values the first that is kept takes 1, every other one 3 (a comma, a space, a digit).
        int fit = method.CountLastValuesThatFit(values);
        fit.Should().Be(1 + (64 - 5 - 1) / 3);
        method.CountLastValuesThatFit(values.AsSpan(0, fit)).Should().Be(fit);
        method.Score([ZeroShotSeries.Of(values)]).Should().Equal(method.Score([ZeroShotSeries.Of(values[^fit..])]));
    }

    [Fact]
    public void Labels_of_values_are_refused()
    {
        using WordedLlama files = new();
        ZeroShotDecoderMethod method = new(files.Open(), Template);
        LabeledSeries points = new(new float[] { 1, 2 }, new bool[2]);
        Action fit = () => method.Fit([points], [], 1);
        fit.Should().Throw<NotSupportedException>().WithMessage("A zero-shot language model answers for a series as a whole*");
        Action score = () => method.Score([ZeroShotSeries.Of(1, 2), points]);
        score.Should().Throw<ArgumentException>().WithMessage("Of the series, number 1 (from 0) has 2 labels*");
    }

    [Fact]
    public void A_model_without_such_logits_is_refused()
    {
        using WordedLlama own = new(tied: false), silent = new(tied: null), wordless = new(words: false);
        foreach (WordedLlama files in (WordedLlama[])[own, silent])
        {
            Func<object> untied = () => new ZeroShotDecoderMethod(files.Open(), Template);
            untied.Should().Throw<NotSupportedException>().WithMessage("*has an output matrix of its own (tie_word_embeddings is false)*");
        }
        Func<object> pieces = () => new ZeroShotDecoderMethod(wordless.Open(), Template);
        pieces.Should().Throw<ArgumentException>().WithMessage("*writes ' yes' in 4 pieces; a single piece is needed*");
        Func<object> encoder = () => new ZeroShotDecoderMethod(MiniLMBackbone.Open());
        encoder.Should().Throw<NotSupportedException>().WithMessage("*is an encoder*");
        Func<object> mute = () => new ZeroShotDecoderMethod(Backbone.Open(Golden.PathOf("backbones/llama")));
        mute.Should().Throw<ArgumentException>().WithMessage("*has no tokenizer*");
    }

    [Theory]
    [InlineData("values:", "*must hold {series} once*")]
    [InlineData("{series} {series}", "*must hold {series} once*")]
    [InlineData("a text of more positions than the tiny model has, which are sixty-four: {series}", "*leaves none for values*")]
    public void A_template_without_a_place_for_values_is_refused(string template, string message)
    {
        using WordedLlama files = new();
        Func<object> create = () => new ZeroShotDecoderMethod(files.Open(), template);
        create.Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void A_value_that_alone_exceeds_the_positions_is_refused()
    {
        using WordedLlama files = new();
        ZeroShotDecoderMethod method = new(files.Open(), "a text of almost as many positions as there are, sixty: {series}");
        method.Score([ZeroShotSeries.Of(1)]).Should().ContainSingle();
        Action score = () => method.Score([ZeroShotSeries.Of(1), ZeroShotSeries.Of(-1.234e-20f)]);
        score.Should().Throw<ArgumentException>().WithMessage("Of series 1 (from 0) not even the last value fits*");
    }

    [Fact]
    public void Cancelled_it_ends()
    {
        using WordedLlama files = new();
        ZeroShotDecoderMethod method = new(files.Open(), Template);
        Action score = () => method.Score(ZeroShotSeries.Many(30, 8), new CancellationToken(canceled: true));
        score.Should().Throw<OperationCanceledException>();
    }

    [SkippableFact]
    public void SmolLM2_is_asked_in_the_form_it_was_trained_on()
    {
        IBackbone model = Backbone.Open(SharedModels.PathOf(SmolLM2Tests.Model));
        ZeroShotDecoderMethod method = new(model);
        double score = method.Score([ZeroShotSeries.Of(12, 13.25f, -15, 90)]).Single();
        const string text = "<|im_start|>user\nBelow are the values of a time series in the order of time.\n12, 13.25, -15, 90\n"
            + "Does this series contain an anomaly, such as a sudden spike, a shift of the level, an unusual trend or a change of volatility? Answer yes or no.<|im_end|>\n"
            + "<|im_start|>assistant\nAnswer:";
        model.EncodeText(text)[0].Should().Be(1, "the mark of a turn is one token");
        score.Should().BeApproximately(Logit(model, text, " yes") - Logit(model, text, " no"), 1e-3);
        method.Name.Should().StartWith("Zero-shot SmolLM2");
    }
}
