using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>
/// Normalisation of rows by their root mean square (Zhang and Sennrich, arXiv 1910.07467): n = x / √(mean(x²) + ε), y = n · γ. Nothing
/// behind a row's width is read or written, so that a head within a row is normalised where it lies.
/// </summary>
internal static unsafe class RmsNorm<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <param name="x">[rows, width], rows <paramref name="stride"/> apart.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="stride">Distance of rows in x, y and normalised.</param>
    /// <param name="gamma">γ.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="y">The result; may be x.</param>
    /// <param name="normalised">Receives n for the way back; may be null.</param>
    /// <param name="inverse">Receives 1 / √(mean(x²) + ε), one a row; may be null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* x, int rows, int width, nint stride, float* gamma, float epsilon, float* y, float* normalised, float* inverse)
    {
        int whole = width - width % TSimd.Width;
        for (int i = 0; i < rows; i++, x += stride, y += stride)
        {
            TVector squares = TSimd.Create(0);
            for (int j = 0; j < whole; j += TSimd.Width)
                squares = TSimd.MultiplyAdd(TSimd.Load(x + j), TSimd.Load(x + j), squares);
            float sum = TSimd.Sum(squares);
            for (int j = whole; j < width; j++)
                sum += x[j] * x[j];
            float scale = 1 / MathF.Sqrt(sum / width + epsilon);
            TVector factor = TSimd.Create(scale);
            for (int j = 0; j < whole; j += TSimd.Width)
            {
                TVector n = TSimd.Multiply(TSimd.Load(x + j), factor);
                if (normalised != null)
                    TSimd.Store(n, normalised + j);
                TSimd.Store(TSimd.Multiply(n, TSimd.Load(gamma + j)), y + j);
            }
            for (int j = whole; j < width; j++)
            {
                float n = x[j] * scale;
                if (normalised != null)
                    normalised[j] = n;
                y[j] = n * gamma[j];
            }
            if (normalised != null)
                normalised += stride;
            if (inverse != null)
                inverse[i] = scale;
        }
    }

    /// <summary>With g = dy · γ: dx = inverse · (g − n · mean(g · n)). γ is frozen.</summary>
    /// <param name="dy">[rows, width], overwritten with dx.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="stride">Distance of rows in dy and normalised.</param>
    /// <param name="gamma">γ.</param>
    /// <param name="normalised">n, as the forward pass gave it.</param>
    /// <param name="inverse">As the forward pass gave it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float* dy, int rows, int width, nint stride, float* gamma, float* normalised, float* inverse)
    {
        int whole = width - width % TSimd.Width;
        for (int i = 0; i < rows; i++, dy += stride, normalised += stride)
        {
            TVector products = TSimd.Create(0);
            for (int j = 0; j < whole; j += TSimd.Width)
                products = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Load(dy + j), TSimd.Load(gamma + j)), TSimd.Load(normalised + j), products);
            float along = TSimd.Sum(products);
            for (int j = whole; j < width; j++)
                along += dy[j] * gamma[j] * normalised[j];
            float mean = along / width;
            TVector slope = TSimd.Create(-mean), factor = TSimd.Create(inverse[i]);
            for (int j = 0; j < whole; j += TSimd.Width)
            {
                TVector g = TSimd.Multiply(TSimd.Load(dy + j), TSimd.Load(gamma + j));
                TSimd.Store(TSimd.Multiply(factor, TSimd.MultiplyAdd(TSimd.Load(normalised + j), slope, g)), dy + j);
            }
            for (int j = whole; j < width; j++)
                dy[j] = inverse[i] * (dy[j] * gamma[j] - normalised[j] * mean);
        }
    }
}
