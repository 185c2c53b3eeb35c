using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>Layer normalisation of rows (Ba, Kiros, Hinton, arXiv 1607.06450): n = (x − mean) / √(variance + ε), y = n · γ + β.</summary>
internal static unsafe class LayerNorm<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <param name="x">[rows, width], rows <paramref name="stride"/> apart and padded to whole vectors.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="stride">Distance of rows in x, y and normalised.</param>
    /// <param name="gamma">γ, padded to whole vectors.</param>
    /// <param name="beta">β, padded to whole vectors.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="y">The result; may be x.</param>
    /// <param name="normalised">Receives n for the way back; may be null.</param>
    /// <param name="inverse">Receives 1 / √(variance + ε), one a row; may be null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* x, int rows, int width, nint stride, float* gamma, float* beta, float epsilon, float* y, float* normalised, float* inverse)
    {
        int whole = width - width % TSimd.Width;
        for (int i = 0; i < rows; i++, x += stride, y += stride)
        {
            TVector sum = TSimd.Create(0);
            for (int j = 0; j < whole; j += TSimd.Width)
                sum = TSimd.Add(sum, TSimd.Load(x + j));
            if (whole < width)
                sum = TSimd.Add(sum, TSimd.FirstLanes(TSimd.Load(x + whole), width - whole, 0));
            float average = TSimd.Sum(sum) / width;
            TVector mean = TSimd.Create(average), squares = TSimd.Create(0);
            for (int j = 0; j < whole; j += TSimd.Width)
            {
                TVector centred = TSimd.Subtract(TSimd.Load(x + j), mean);
                squares = TSimd.MultiplyAdd(centred, centred, squares);
            }
            if (whole < width)
            {
                TVector centred = TSimd.FirstLanes(TSimd.Subtract(TSimd.Load(x + whole), mean), width - whole, 0);
                squares = TSimd.MultiplyAdd(centred, centred, squares);
            }
            float scale = 1 / MathF.Sqrt(TSimd.Sum(squares) / width + epsilon);
            TVector factor = TSimd.Create(scale);
            for (int j = 0; j < width; j += TSimd.Width)
            {
                TVector n = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + j), mean), factor);
                if (normalised != null)
                    TSimd.Store(n, normalised + j);
                TSimd.Store(TSimd.MultiplyAdd(n, TSimd.Load(gamma + j), TSimd.Load(beta + j)), y + j);
            }
            if (normalised != null)
                normalised += stride;
            if (inverse != null)
                inverse[i] = scale;
        }
    }

    /// <summary>With g = dy · γ: dx = inverse · (g − mean(g) − n · mean(g · n)). γ and β are frozen.</summary>
    /// <param name="dy">[rows, width], overwritten with dx.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="stride">Distance of rows in dy and normalised.</param>
    /// <param name="gamma">γ, padded to whole vectors.</param>
    /// <param name="normalised">n, as the forward pass gave it.</param>
    /// <param name="inverse">As the forward pass gave it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float* dy, int rows, int width, nint stride, float* gamma, float* normalised, float* inverse)
    {
        int whole = width - width % TSimd.Width;
        for (int i = 0; i < rows; i++, dy += stride, normalised += stride)
        {
            TVector sum = TSimd.Create(0), along = TSimd.Create(0);
            for (int j = 0; j < whole; j += TSimd.Width)
            {
                TVector g = TSimd.Multiply(TSimd.Load(dy + j), TSimd.Load(gamma + j));
                TSimd.Store(g, dy + j);
                sum = TSimd.Add(sum, g);
                along = TSimd.MultiplyAdd(g, TSimd.Load(normalised + j), along);
            }
            if (whole < width)
            {
                TVector g = TSimd.FirstLanes(TSimd.Multiply(TSimd.Load(dy + whole), TSimd.Load(gamma + whole)), width - whole, 0);
                TSimd.Store(g, dy + whole);
                sum = TSimd.Add(sum, g);
                along = TSimd.MultiplyAdd(g, TSimd.FirstLanes(TSimd.Load(normalised + whole), width - whole, 0), along);
            }
            TVector mean = TSimd.Create(TSimd.Sum(sum) / width), slope = TSimd.Create(-TSimd.Sum(along) / width), factor = TSimd.Create(inverse[i]);
            for (int j = 0; j < width; j += TSimd.Width)
            {
                TVector centred = TSimd.Subtract(TSimd.Load(dy + j), mean);
                TSimd.Store(TSimd.Multiply(factor, TSimd.MultiplyAdd(TSimd.Load(normalised + j), slope, centred)), dy + j);
            }
        }
    }
}
