using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.MiniLM;

namespace Microsoft.ML.SoftPrompt.Baselines;

public class ZeroShotEncoderMethodTests
{
    private static readonly IBackbone s_miniLM = MiniLMBackbone.Open();

    /// <summary>The cosine of the means of two texts' hidden states.</summary>
    private static double Cosine(string left, string right)
    {
        double[] Mean(string text)
        {
            float[] hidden = ZeroShotSeries.Hidden(s_miniLM, $"[CLS]{text}[SEP]");
            int d = s_miniLM.HiddenSize, rows = hidden.Length / d;
            return [.. Enumerable.Range(0, d).Select(i => Enumerable.Range(0, rows).Average(row => (double)hidden[row * d + i]))];
        }
        double[] a = Mean(left), b = Mean(right);
        double Dot(double[] x, double[] y) => x.Zip(y, (p, q) => p * q).Sum();
        return Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));
    }

    [Fact]
    public void The_score_is_the_cosine_to_anomalous_less_that_to_normal()
    {
        s_miniLM.EncodeText("[CLS][SEP]").Should().HaveCount(2);
        ZeroShotEncoderMethod method = new(s_miniLM);
        double[] scores = [.. method.Fit([ZeroShotSeries.Of(1)], [], seed: 1).Score([ZeroShotSeries.Of(1, 2.5f, -3), ZeroShotSeries.Of(0.123f, float.NaN)])];
        string[] texts = ["A time series with the values 1, 2.5, -3", "A time series with the values 0.123, missing"];
        for (int i = 0; i < texts.Length; i++)
            scores[i].Should().BeApproximately(Cosine(texts[i], "An anomalous time series") - Cosine(texts[i], "A normal time series"), 1e-6);
        method.Name.Should().Be("Zero-shot all-MiniLM-L6-v2");
    }

    [Fact]
    public void Descriptions_and_text_may_be_others()
    {
        LabeledSeries[] series = [ZeroShotSeries.Of(1, 9), ZeroShotSeries.Of(4, 4, 4)];
        IReadOnlyList<double> Score(string normal, string anomalous) => new ZeroShotEncoderMethod(s_miniLM, "{series}: readings", normal, anomalous).Score(series);
        Score("all is well", "something broke").Zip(Score("something broke", "all is well"), (a, b) => a + b).Should().OnlyContain(sum => Math.Abs(sum) < 1e-12);
        Score("all is well", "something broke")[0].Should().BeApproximately(Cosine("1, 9: readings", "something broke") - Cosine("1, 9: readings", "all is well"), 1e-6);
        Score("same", "same").Should().Equal(0, 0);
    }

    [Fact]
    public void A_score_does_not_depend_on_the_other_series()
    {
        ZeroShotEncoderMethod method = new(s_miniLM);
        LabeledSeries[] series = ZeroShotSeries.Many(12, 30);
        method.Score(series).Should().Equal(series.Select(one => method.Score([one]).Single()));
    }

    [Fact]
    public void Of_a_series_beyond_the_positions_the_last_values_are_read()
    {
        ZeroShotEncoderMethod method = new(s_miniLM);
        float[] values = [.. Enumerable.Range(0, 300).Select(i => (float)i)];
        // 512 positions; [CLS], the text's 7 pieces and [SEP] leave 503; a value takes 2 with its comma, the first 1.
        int fit = method.CountLastValuesThatFit(values);
        fit.Should().Be(252);
        method.Score([ZeroShotSeries.Of(values)]).Should().Equal(method.Score([ZeroShotSeries.Of(values[^fit..])]));
    }

    [Fact]
    public void What_it_cannot_do_is_refused()
    {
        ZeroShotEncoderMethod method = new(s_miniLM);
        Action points = () => method.Fit([new LabeledSeries(new float[] { 1, 2 }, new bool[2])], [], 1);
        points.Should().Throw<NotSupportedException>();
        Action infinite = () => method.Score([ZeroShotSeries.Of(1, float.PositiveInfinity)]);
        infinite.Should().Throw<ArgumentException>().WithMessage("Of the series, number 0 (from 0) holds Infinity as value 1*");
        Func<object> empty = () => new ZeroShotEncoderMethod(s_miniLM, normal: "");
        empty.Should().Throw<ArgumentException>().WithMessage("The description ''*");
        Func<object> mute = () => new ZeroShotEncoderMethod(Backbone.Open(Golden.PathOf("backbones/bert")));
        mute.Should().Throw<ArgumentException>().WithMessage("*has no tokenizer*");
    }
}
