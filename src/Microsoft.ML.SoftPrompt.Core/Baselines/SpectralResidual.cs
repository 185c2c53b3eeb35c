using System.Numerics;
using MathNet.Numerics.IntegralTransforms;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// The saliency of a series' values: what of it stands out from its own spectrum (Ren et al., KDD 2019: Time-series anomaly detection
/// service at Microsoft, eqs. (1)–(8)).
/// </summary>
/// <param name="filterSize">Frequencies q over which the log spectrum is averaged, odd.</param>
/// <param name="scoreWindow">Values z over which the saliency is averaged.</param>
internal sealed class SpectralResidual(int filterSize, int scoreWindow)
{
    /// <summary>Values that are estimated and put behind the last, κ of the paper: without them the end of a series would stand out by itself.</summary>
    private const int EstimatedValues = 5;

    /// <summary>Values m before the last that the estimate looks back on.</summary>
    private const int LookBack = 5;

    /// <summary>Amplitudes below this share of the largest are rounding: they have no logarithm to speak of.</summary>
    private const double Rounding = 1e-12;

    /// <summary>(S − mean) / mean of each value, where the mean is that of the saliencies S of up to z values that end with it.</summary>
    /// <param name="values">Finite numbers.</param>
    public double[] Score(ReadOnlySpan<double> values)
    {
        double[] saliency = Saliency(Extend(values));
        var scores = new double[values.Length];
        for (int i = 0; i < scores.Length; i++)
        {
            int from = Math.Max(0, i + 1 - scoreWindow);
            double sum = 0;
            for (int j = from; j <= i; j++)
                sum += saliency[j];
            double mean = sum / (i + 1 - from);
            scores[i] = mean > 0 ? (saliency[i] - mean) / mean : 0;
        }
        return scores;
    }

    /// <summary>|F⁻¹(exp(R + iP))|, R = L − L averaged, of the amplitudes' logarithms L and the phases P.</summary>
    internal double[] Saliency(ReadOnlySpan<double> values)
    {
        var spectrum = new Complex[values.Length];
        for (int i = 0; i < spectrum.Length; i++)
            spectrum[i] = values[i];
        Fourier.Forward(spectrum, FourierOptions.Matlab);
        double[] amplitudes = Array.ConvertAll(spectrum, Complex.Abs);
        double smallest = Rounding * amplitudes.Max();
        double[] logs = Array.ConvertAll(amplitudes, amplitude => amplitude > smallest ? Math.Log(amplitude) : double.NaN);
        for (int f = 0; f < spectrum.Length; f++)
            spectrum[f] = double.IsNaN(logs[f]) ? 0 : spectrum[f] / amplitudes[f] * Math.Exp(logs[f] - Average(logs, f));
        Fourier.Inverse(spectrum, FourierOptions.Matlab);
        return Array.ConvertAll(spectrum, Complex.Abs);
    }

    /// <summary>The mean around a frequency of those that have a logarithm. A spectrum is a circle: behind the last comes the first.</summary>
    private double Average(double[] logs, int f)
    {
        double sum = 0;
        int count = 0;
        for (int offset = -(filterSize / 2); offset <= filterSize / 2; offset++)
        {
            double log = logs[(int)((f + offset + (long)filterSize * logs.Length) % logs.Length)];
            if (double.IsNaN(log))
                continue;
            sum += log;
            count++;
        }
        return sum / count;
    }

    /// <summary>The values and, behind them, copies of the value that the mean slope of the last lines to the end leads to.</summary>
    private static double[] Extend(ReadOnlySpan<double> values)
    {
        int count = Math.Min(LookBack, values.Length - 1);
        double[] extended = [.. values, .. new double[EstimatedValues]];
        double slopes = 0;
        for (int i = 1; i <= count; i++)
            slopes += (values[^1] - values[^(i + 1)]) / i;
        // x̂ = x_{n−m+1} + m · mean slope
        double estimate = count == 0 ? values[^1] : values[^count] + slopes;
        extended.AsSpan(values.Length).Fill(estimate);
        return extended;
    }
}
