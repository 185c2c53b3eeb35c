using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>Sums and products, number by number.</summary>
internal static unsafe class Elementwise<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>z[i] ← x[i] · y[i]; z may be x or y. The count is a multiple of the vector's width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* x, float* y, float* z, nint count)
    {
        for (nint i = 0; i < count; i += TSimd.Width)
            TSimd.Store(TSimd.Multiply(TSimd.Load(x + i), TSimd.Load(y + i)), z + i);
    }

    /// <summary>x[i] ← x[i] + y[i]; the count is a multiple of the vector's width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* x, float* y, nint count)
    {
        for (nint i = 0; i < count; i += TSimd.Width)
            TSimd.Store(TSimd.Add(TSimd.Load(x + i), TSimd.Load(y + i)), x + i);
    }
}
