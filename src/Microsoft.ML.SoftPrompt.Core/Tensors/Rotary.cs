using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>
/// Rotary positions (Su et al., arXiv 2104.09864): within each head the pair (x[j], x[j + d/2]) is turned by the angle position · θ^(−2j/d).
/// </summary>
internal static unsafe class Rotary<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <param name="x">[rows, heads · headSize], turned in place.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="headSize">Components of a head, even.</param>
    /// <param name="stride">Distance of rows.</param>
    /// <param name="positions">The position of each row.</param>
    /// <param name="turns">As <see cref="RotaryTable.Fill"/> wrote it.</param>
    /// <param name="back">Turns the other way, which is the way back.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Turn(float* x, int rows, int heads, int headSize, nint stride, int* positions, float* turns, bool back)
    {
        int half = headSize / 2, whole = half - half % TSimd.Width;
        float direction = back ? -1 : 1;
        TVector sign = TSimd.Create(direction), minus = TSimd.Create(-direction);
        for (int i = 0; i < rows; i++, x += stride)
        {
            float* cos = turns + (nint)positions[i] * headSize, sin = cos + half;
            for (int head = 0; head < heads; head++)
            {
                float* low = x + (nint)head * headSize, high = low + half;
                for (int j = 0; j < whole; j += TSimd.Width)
                {
                    TVector a = TSimd.Load(low + j), b = TSimd.Load(high + j), c = TSimd.Load(cos + j), s = TSimd.Load(sin + j);
                    TSimd.Store(TSimd.MultiplyAdd(TSimd.Multiply(b, minus), s, TSimd.Multiply(a, c)), low + j);
                    TSimd.Store(TSimd.MultiplyAdd(TSimd.Multiply(a, sign), s, TSimd.Multiply(b, c)), high + j);
                }
                for (int j = whole; j < half; j++)
                {
                    float a = low[j], b = high[j];
                    low[j] = a * cos[j] - direction * b * sin[j];
                    high[j] = b * cos[j] + direction * a * sin[j];
                }
            }
        }
    }
}

/// <summary>Cosines and sines for rotary positions.</summary>
internal static unsafe class RotaryTable
{
    /// <summary>Writes for each position the cosines of its headSize / 2 angles, then their sines.</summary>
    /// <param name="turns">[positions, headSize].</param>
    /// <param name="positions">Positions from 0 on.</param>
    /// <param name="headSize">Components of a head, even.</param>
    /// <param name="theta">θ, the base of the angles.</param>
    public static void Fill(float* turns, int positions, int headSize, double theta)
    {
        int half = headSize / 2;
        for (int j = 0; j < half; j++)
        {
            double frequency = Math.Pow(theta, -2.0 * j / headSize);
            for (int position = 0; position < positions; position++)
            {
                (double sin, double cos) = Math.SinCos(position * frequency);
                float* row = turns + (nint)position * headSize;
                (row[j], row[j + half]) = ((float)cos, (float)sin);
            }
        }
    }
}
