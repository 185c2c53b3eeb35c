using MathNet.Numerics;

namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>Turns a statistic into the probability of one at least as large by chance.</summary>
internal static class PValue
{
    // Below it the probability is above 0.3 for any degrees of freedom, so that taking it from 1 costs no digits.
    private const double SmallStatistic = 1;

    /// <summary>
    /// The upper tail of F with 1 and n degrees of freedom, which is both tails of Student's t with n at ±√F: the regularized incomplete
    /// beta function <c>I(n / (n + F); n/2, 1/2)</c>. The tail itself is computed, never 1 less the rest, so that small ones keep their digits.
    /// </summary>
    /// <returns>0 to 1; NaN where the statistic is.</returns>
    public static double OfF(double f, double degreesOfFreedom)
    {
        if (double.IsNaN(f))
            return double.NaN;
        double n = degreesOfFreedom;
        return f < SmallStatistic
            ? 1 - SpecialFunctions.BetaRegularized(0.5, n / 2, f / (n + f))
            : SpecialFunctions.BetaRegularized(n / 2, 0.5, n / (n + f));
    }
}
