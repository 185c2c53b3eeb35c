using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>The functions between the two products of a feed-forward part.</summary>
internal enum Activation
{
    /// <summary>x · Φ(x), the erf form of GELU.</summary>
    Gelu,

    /// <summary>GELU by way of tanh.</summary>
    GeluTanh,

    /// <summary>x · σ(x).</summary>
    Silu,
}

/// <summary>An activation, lane by lane.</summary>
internal interface IActivation<TVector>
    where TVector : struct
{
    /// <summary>Gives f(x).</summary>
    /// <param name="x">The argument.</param>
    /// <param name="slope">f′(x).</param>
    static abstract TVector Of(TVector x, out TVector slope);
}

/// <summary>Activations over rows.</summary>
internal static unsafe class Activations<TSimd, TVector, TFunction>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
    where TFunction : struct, IActivation<TVector>
{
    /// <summary>x ← f(x).</summary>
    /// <param name="x">Overwritten with the result.</param>
    /// <param name="count">A multiple of the vector's width.</param>
    /// <param name="slope">Receives f′(x); may be null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* x, nint count, float* slope)
    {
        // Two loops: where the slope is not asked for, it is not computed.
        if (slope == null)
        {
            for (nint i = 0; i < count; i += TSimd.Width)
                TSimd.Store(TFunction.Of(TSimd.Load(x + i), out _), x + i);
            return;
        }
        for (nint i = 0; i < count; i += TSimd.Width)
        {
            TSimd.Store(TFunction.Of(TSimd.Load(x + i), out TVector derivative), x + i);
            TSimd.Store(derivative, slope + i);
        }
    }

    /// <summary>up ← f(gate) · up (gated linear units; Shazeer, arXiv 2002.05202).</summary>
    /// <param name="gate">Overwritten with f(gate), the derivative by the second factor.</param>
    /// <param name="up">Overwritten with the result.</param>
    /// <param name="count">A multiple of the vector's width.</param>
    /// <param name="slope">Receives f′(gate) · up, the derivative by the first factor; may be null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gate(float* gate, float* up, nint count, float* slope)
    {
        for (nint i = 0; i < count; i += TSimd.Width)
        {
            TVector value = TFunction.Of(TSimd.Load(gate + i), out TVector derivative), factor = TSimd.Load(up + i);
            TSimd.Store(value, gate + i);
            TSimd.Store(TSimd.Multiply(value, factor), up + i);
            if (slope != null)
                TSimd.Store(TSimd.Multiply(derivative, factor), slope + i);
        }
    }
}
