using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// The principal components of subsequences, and how far a subsequence lies along the smaller ones: Σ (projection² / variance) (Shyu et al.,
/// 2003; Aggarwal, Outlier Analysis, 2017, section 3.3).
/// </summary>
internal sealed class SubPca
{
    /// <summary>
    /// The least variance that a component is taken to have, as a share of the largest: what lies along one that training never used counts
    /// much, and rounding does not.
    /// </summary>
    private const double LeastVariance = 1e-6;

    private readonly bool _normalize;
    private readonly double[] _mean;
    private readonly double[][] _components;
    private readonly double[] _variances;

    private SubPca(bool normalize, double[] mean, double[][] components, double[] variances) => (_normalize, _mean, _components, _variances) = (normalize, mean, components, variances);

    /// <param name="series">Finite numbers, at least one series.</param>
    /// <param name="length">Values of a subsequence.</param>
    /// <param name="normalize">Whether subsequences are divided by their deviation too.</param>
    /// <param name="explained">Share of the variance that the largest components, which do not count, explain.</param>
    /// <param name="cancellation">Asked between series.</param>
    public static SubPca Fit(IEnumerable<double[]> series, int length, bool normalize, double explained, CancellationToken cancellation)
    {
        // Subsequences are centred, so that their mean is small and its square takes no digits from the products.
        var sum = new double[length];
        var products = Matrix<double>.Build.Dense(length, length);
        long count = 0;
        foreach (double[] values in series)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int start = 0; start <= Math.Max(0, values.Length - length); start++)
            {
                double[] part = Subsequence(values, start, length, normalize);
                count++;
                for (int i = 0; i < length; i++)
                {
                    sum[i] += part[i];
                    for (int j = 0; j <= i; j++)
                        products[i, j] += part[i] * part[j];
                }
            }
        }
        double[] mean = Array.ConvertAll(sum, s => s / count);
        for (int i = 0; i < length; i++)
            for (int j = 0; j <= i; j++)
                products[j, i] = products[i, j] = products[i, j] / count - mean[i] * mean[j];
        Evd<double> components = products.Evd(Symmetricity.Symmetric);

        // Variances rise. The largest ones that together explain the share are left out.
        double[] variances = components.EigenValues.Select(value => Math.Max(0, value.Real)).ToArray();
        double total = variances.Sum(), left = total;
        int kept = length;
        while (kept > 1 && total - left < explained * total)
            left -= variances[--kept];
        double least = variances[^1] > 0 ? LeastVariance * variances[^1] : 1;
        return new SubPca(normalize, mean, Enumerable.Range(0, kept).Select(i => components.EigenVectors.Column(i).ToArray()).ToArray(),
            variances.Take(kept).Select(variance => Math.Max(variance, least)).ToArray());
    }

    /// <summary>The mean score of the subsequences that a value lies in, for each.</summary>
    /// <param name="values">Finite numbers.</param>
    public double[] Score(double[] values)
    {
        int length = _mean.Length;
        var sums = new double[values.Length];
        var counts = new int[values.Length];
        for (int start = 0; start <= Math.Max(0, values.Length - length); start++)
        {
            double score = ScoreOf(Subsequence(values, start, length, _normalize));
            for (int i = start; i < Math.Min(start + length, values.Length); i++)
            {
                sums[i] += score;
                counts[i]++;
            }
        }
        return sums.Zip(counts, (s, count) => s / count).ToArray();
    }

    private double ScoreOf(double[] subsequence)
    {
        double score = 0;
        for (int c = 0; c < _components.Length; c++)
        {
            double projection = 0;
            for (int i = 0; i < subsequence.Length; i++)
                projection += _components[c][i] * (subsequence[i] - _mean[i]);
            score += projection * projection / _variances[c];
        }
        return score;
    }

    /// <summary>A part less its own mean and, where asked, over its own deviation. A series shorter than that goes on with its mean.</summary>
    private static double[] Subsequence(double[] values, int start, int length, bool normalize)
    {
        int count = Math.Min(length, values.Length);
        double mean = values.AsSpan(start, count).ToArray().Average();
        var part = new double[length];
        double squares = 0;
        for (int i = 0; i < count; i++)
        {
            part[i] = values[start + i] - mean;
            squares += part[i] * part[i];
        }
        double deviation = Math.Sqrt(squares / count);
        if (normalize && deviation > 0)
            for (int i = 0; i < count; i++)
                part[i] /= deviation;
        return part;
    }
}
