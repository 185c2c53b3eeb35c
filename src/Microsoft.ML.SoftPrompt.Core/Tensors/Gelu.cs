using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>x · Φ(x) with the normal distribution function Φ (the erf form of GELU; Hendrycks and Gimpel, arXiv 1606.08415).</summary>
internal readonly struct Gelu<TSimd, TVector> : IActivation<TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const float InverseRootTwoPi = 0.398942280f;

    /// <summary>0.4 / √2: the fit below runs in t = 1 / (1 + 0.4 · |x| / √2).</summary>
    private const float FitScale = 0.282842712f;

    /// <inheritdoc/>
    /// <remarks>The derivative is Φ(x) + x · φ(x).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector x, out TVector slope)
    {
        TVector bell = Exponential<TSimd, TVector>.Of(TSimd.Multiply(TSimd.Multiply(x, TSimd.Create(-0.5f)), x));
        TVector t = TSimd.Divide(TSimd.Create(1), TSimd.MultiplyAdd(TSimd.Absolute(x), TSimd.Create(FitScale), TSimd.Create(1)));
        // erfc(z) · exp(z²) / t for z = |x| / √2 up to 9.5, interpolated at Chebyshev's points: relative error below 9e-8.
        TVector p = TSimd.Create(0.03738383428884437f);
        p = TSimd.MultiplyAdd(p, t, TSimd.Create(-0.12183466402734788f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Create(0.0465339111684157f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Create(0.12988839965578894f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Create(0.05147872406258185f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Create(0.20513115583746086f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Create(0.1989660527316641f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Create(0.22684108844395345f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Create(0.22561153270027257f));
        TVector tail = TSimd.Multiply(TSimd.Multiply(TSimd.Multiply(TSimd.Create(0.5f), t), p), bell);
        TVector distribution = TSimd.SelectNegative(x, tail, TSimd.Subtract(TSimd.Create(1), tail));
        slope = TSimd.MultiplyAdd(TSimd.Multiply(x, TSimd.Create(InverseRootTwoPi)), bell, distribution);
        return TSimd.Multiply(x, distribution);
    }
}
