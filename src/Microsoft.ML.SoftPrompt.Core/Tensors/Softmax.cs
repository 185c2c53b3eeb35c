using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>Softmax of rows, p[i, j] = exp(scale · s[i, j]) / Σ exp(scale · s[i, ·]) over the columns that a row sees, and its way back.</summary>
internal static unsafe class Softmax<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <param name="s">[rows, columns], rows padded to whole vectors; overwritten with p, the padding and the columns that are not seen with zeros.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Numbers in a row.</param>
    /// <param name="first">The first column that the rows see.</param>
    /// <param name="end">The column behind the last one that the rows see, above <paramref name="first"/>.</param>
    /// <param name="stride">Distance of rows.</param>
    /// <param name="scale">Positive.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* s, int rows, int columns, int first, int end, nint stride, float scale)
    {
        // Whole vectors from start to whole, the first of them perhaps with lanes that are not seen; then the rest.
        int lead = first % TSimd.Width, start = first - lead;
        int whole = end - end % TSimd.Width, rest = end - whole;
        TVector factor = TSimd.Create(scale);
        for (int i = 0; i < rows; i++, s += stride)
        {
            for (int j = 0; j < start; j += TSimd.Width)
                TSimd.Store(TSimd.Create(0), s + j);
            if (lead > 0)
                TSimd.Store(TSimd.FromLane(TSimd.Load(s + start), lead, float.NegativeInfinity), s + start);
            TVector largest = TSimd.Create(float.NegativeInfinity);
            for (int j = start; j < whole; j += TSimd.Width)
                largest = TSimd.Max(largest, TSimd.Load(s + j));
            if (rest > 0)
                largest = TSimd.Max(largest, TSimd.FirstLanes(TSimd.Load(s + whole), rest, float.NegativeInfinity));
            TVector top = TSimd.Create(TSimd.Largest(largest)), sum = TSimd.Create(0);
            for (int j = start; j < whole; j += TSimd.Width)
            {
                TVector e = Exponential<TSimd, TVector>.Of(TSimd.Multiply(TSimd.Subtract(TSimd.Load(s + j), top), factor));
                if (j < first)
                    e = TSimd.FromLane(e, lead, 0);
                sum = TSimd.Add(sum, e);
                TSimd.Store(e, s + j);
            }
            if (rest > 0)
            {
                TVector e = Exponential<TSimd, TVector>.Of(TSimd.Multiply(TSimd.Subtract(TSimd.Load(s + whole), top), factor));
                e = TSimd.FirstLanes(whole < first ? TSimd.FromLane(e, lead, 0) : e, rest, 0);
                sum = TSimd.Add(sum, e);
                TSimd.Store(e, s + whole);
            }
            TVector share = TSimd.Create(1 / TSimd.Sum(sum));
            int last = rest > 0 ? whole + TSimd.Width : whole;
            for (int j = start; j < last; j += TSimd.Width)
                TSimd.Store(TSimd.Multiply(TSimd.Load(s + j), share), s + j);
            for (int j = last; j < columns; j += TSimd.Width)
                TSimd.Store(TSimd.Create(0), s + j);
        }
    }

    /// <summary>ds = scale · p · (dp − Σ p · dp), which is 0 where p is.</summary>
    /// <param name="p">[rows, columns], as the forward pass left it.</param>
    /// <param name="dp">[rows, columns], overwritten with ds.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Numbers in a row.</param>
    /// <param name="stride">Distance of rows in both.</param>
    /// <param name="scale">As in the forward pass.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float* p, float* dp, int rows, int columns, nint stride, float scale)
    {
        int whole = columns - columns % TSimd.Width, rest = columns - whole;
        TVector factor = TSimd.Create(scale);
        for (int i = 0; i < rows; i++, p += stride, dp += stride)
        {
            TVector along = TSimd.Create(0);
            for (int j = 0; j < whole; j += TSimd.Width)
                along = TSimd.MultiplyAdd(TSimd.Load(p + j), TSimd.Load(dp + j), along);
            if (rest > 0)
                along = TSimd.Add(along, TSimd.FirstLanes(TSimd.Multiply(TSimd.Load(p + whole), TSimd.Load(dp + whole)), rest, 0));
            TVector mean = TSimd.Create(TSimd.Sum(along));
            for (int j = 0; j < columns; j += TSimd.Width)
                TSimd.Store(TSimd.Multiply(TSimd.Multiply(factor, TSimd.Load(p + j)), TSimd.Subtract(TSimd.Load(dp + j), mean)), dp + j);
        }
    }
}
