using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Baselines;

public sealed class SpectralResidualMethodTests
{
    [Fact]
    public void Saliency_of_an_impulse_is_the_impulse()
    {
        // Its amplitudes are all 1, so that nothing stands out of their logarithms, and the phases alone give it back.
        double[] values = new double[12];
        values[7] = 1;

        double[] saliency = new SpectralResidual(3, 21).Saliency(values);

        saliency.Should().Equal(values, (found, expected) => Math.Abs(found - expected) < 1e-12);
    }

    [Fact]
    public void Saliency_is_that_of_the_definition()
    {
        // What the equations say, by sums.
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            double[] x = Enumerable.Range(0, random.Next(3, 30)).Select(_ => random.NextDouble() - 0.5).ToArray();
            int n = x.Length;
            Complex[] spectrum = Enumerable.Range(0, n).Select(f => Sum(n, t => x[t] * Complex.Exp(-2 * Math.PI * Complex.ImaginaryOne * f * t / n))).ToArray();
            double[] logs = spectrum.Select(value => Math.Log(value.Magnitude)).ToArray();
            Complex[] residual = Enumerable.Range(0, n).Select(f => Complex.FromPolarCoordinates(
                Math.Exp(logs[f] - (logs[(f + n - 1) % n] + logs[f] + logs[(f + 1) % n]) / 3), spectrum[f].Phase)).ToArray();

            double[] found = new SpectralResidual(3, 21).Saliency(x);

            for (int t = 0; t < n; t++)
                found[t].Should().BeApproximately((Sum(n, f => residual[f] * Complex.Exp(2 * Math.PI * Complex.ImaginaryOne * f * t / n)) / n).Magnitude, 1e-6);
        }).QuickCheckThrowOnFailure();

        static Complex Sum(int count, Func<int, Complex> term) => Enumerable.Range(0, count).Select(term).Aggregate((x, y) => x + y);
    }

    [Fact]
    public void A_spike_in_a_wave_stands_out_whatever_the_scale()
    {
        float[] values = Enumerable.Range(0, 200).Select(t => (float)Math.Sin(t / 6.0)).ToArray();
        values[130] += 3;

        IReadOnlyList<double> scores = Score(values);

        scores.ToList().IndexOf(scores.Max()).Should().Be(130);
        // Times 1024: no digit changes but those of the transform.
        Score(Array.ConvertAll(values, value => 1024 * value)).Should().Equal(scores, (x, y) => Math.Abs(x - y) < 1e-9);
    }

    [Fact]
    public void Series_that_have_nothing_to_stand_out_score_0()
    {
        foreach (float[] values in new float[][] { [3], [2, 2, 2, 2], [0, 0], [float.NaN, float.NaN] })
            Score(values).Should().OnlyContain(score => Math.Abs(score) < 1e-9);
        Score([1, 5]).Should().HaveCount(2).And.OnlyContain(score => double.IsFinite(score));
    }

    [Fact]
    public void Missing_values_are_bridged_and_score_0() => Score([0, 1, float.NaN, 3, 9, 5, 6, float.NaN])[2].Should().Be(0);

    [Fact]
    public void An_even_filter_is_refused()
    {
        Action fit = () => new SpectralResidualMethod { FilterSize = 4 }.Fit([new LabeledSeries(new float[1], new bool[1])], [], seed: 0);

        fit.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static IReadOnlyList<double> Score(float[] values)
    {
        var series = new LabeledSeries(values, new bool[values.Length]);
        return new SpectralResidualMethod().Fit([series], [], seed: 0).Score([series]);
    }
}
