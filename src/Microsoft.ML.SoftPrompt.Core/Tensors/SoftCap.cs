using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>cap · tanh(scale · x / cap): keeps scores within ±cap (Gemma 2, arXiv 2408.00118).</summary>
internal static unsafe class SoftCap<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <param name="x">Overwritten with the result.</param>
    /// <param name="count">A multiple of the vector's width.</param>
    /// <param name="scale">Multiplied to x first.</param>
    /// <param name="cap">The bound, positive.</param>
    /// <param name="slope">Receives the derivative by scale · x; may be null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* x, nint count, float scale, float cap, float* slope)
    {
        TVector factor = TSimd.Create(scale / cap), bound = TSimd.Create(cap), one = TSimd.Create(1);
        for (nint i = 0; i < count; i += TSimd.Width)
        {
            TVector t = Tanh<TSimd, TVector>.Of(TSimd.Multiply(TSimd.Load(x + i), factor));
            TSimd.Store(TSimd.Multiply(t, bound), x + i);
            if (slope != null)
                TSimd.Store(TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Create(0), t), t, one), slope + i);
        }
    }
}

/// <summary>tanh x, lane by lane, within 4e-7 of the value (relative). NaN stays NaN.</summary>
internal static class Tanh<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Below it 1 − 2 / (e²ˣ + 1) loses its leading places, and a polynomial takes its place.</summary>
    private const float Small = 0.625f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector x)
    {
        TVector one = TSimd.Create(1), magnitude = TSimd.Absolute(x), square = TSimd.Multiply(x, x);
        // (tanh x / x − 1) / x² for |x| ≤ 0.625, interpolated at Chebyshev's points in x²: the error of tanh x is below 2e-8 of it.
        TVector p = TSimd.Create(-0.0060967141651076f);
        p = TSimd.MultiplyAdd(p, square, TSimd.Create(0.020997178998653172f));
        p = TSimd.MultiplyAdd(p, square, TSimd.Create(-0.053850909578511436f));
        p = TSimd.MultiplyAdd(p, square, TSimd.Create(0.1333276973697819f));
        p = TSimd.MultiplyAdd(p, square, TSimd.Create(-0.3333332894413436f));
        TVector near = TSimd.MultiplyAdd(TSimd.Multiply(x, square), p, x);
        TVector growth = Exponential<TSimd, TVector>.Of(TSimd.Add(magnitude, magnitude));
        TVector far = TSimd.Subtract(one, TSimd.Divide(TSimd.Create(2), TSimd.Add(growth, one)));
        far = TSimd.SelectNegative(x, TSimd.Subtract(TSimd.Create(0), far), far);
        return TSimd.SelectNegative(TSimd.Subtract(magnitude, TSimd.Create(Small)), near, far);
    }
}
