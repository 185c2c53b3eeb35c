using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>eˣ, lane by lane, within 3e-7 of the value for x in −87 … 88; beyond, the value at the nearer end. NaN stays NaN.</summary>
internal static class Exponential<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Where the result would leave the normal singles.</summary>
    private const float Lowest = -87.3f, Highest = 88.3f;

    /// <summary>ln 2 in two parts, the first exact in few bits, so that n · ln 2 loses nothing.</summary>
    private const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    private const float Log2E = 1.44269504f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector x)
    {
        x = TSimd.Min(TSimd.Create(Highest), TSimd.Max(TSimd.Create(Lowest), x));
        TVector n = TSimd.Round(TSimd.Multiply(x, TSimd.Create(Log2E)));
        TVector r = TSimd.MultiplyAdd(n, TSimd.Create(-Ln2High), x);
        r = TSimd.MultiplyAdd(n, TSimd.Create(-Ln2Low), r);
        // (eʳ − 1 − r) / r² for |r| ≤ ½ ln 2, interpolated at Chebyshev's points: the error of eʳ is below 1.1e-8.
        TVector p = TSimd.Create(0.0013926926613641753f);
        p = TSimd.MultiplyAdd(p, r, TSimd.Create(0.008363773874407513f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Create(0.04166655011030882f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Create(0.16666573381900843f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Create(0.5f));
        p = TSimd.MultiplyAdd(TSimd.Multiply(r, r), p, TSimd.Add(r, TSimd.Create(1)));
        return TSimd.Scale(p, n);
    }
}
