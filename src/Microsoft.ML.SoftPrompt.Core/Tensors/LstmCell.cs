using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>
/// What a step of an LSTM does between its products (Hochreiter and Schmidhuber, 1997, with the forget gate of Gers et al., 2000): gates
/// i, f, o = σ(·) and candidate g = tanh(·), then c ← f c + i g and h = o tanh c.
/// </summary>
/// <remarks>Rows of gates are i, f, g, o side by side, each of the width; all other rows are of the width, a multiple of the vector's.</remarks>
internal static unsafe class LstmCell<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <param name="gates">The sums that go into the gates; overwritten with i, f, g, o.</param>
    /// <param name="previousCell">c of the step before; null for 0.</param>
    /// <param name="cell">Receives c.</param>
    /// <param name="cellTanh">Receives tanh c.</param>
    /// <param name="hidden">Receives h.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">Numbers in a row, and from one row to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* gates, float* previousCell, float* cell, float* cellTanh, float* hidden, int rows, int width)
    {
        for (int row = 0; row < rows; row++, gates += 4 * (nint)width)
            for (nint j = 0, at = (nint)row * width; j < width; j += TSimd.Width, at += TSimd.Width)
            {
                TVector i = Logistic<TSimd, TVector>.Of(TSimd.Load(gates + j)), f = Logistic<TSimd, TVector>.Of(TSimd.Load(gates + width + j));
                TVector g = Tanh<TSimd, TVector>.Of(TSimd.Load(gates + 2 * width + j)), o = Logistic<TSimd, TVector>.Of(TSimd.Load(gates + 3 * width + j));
                TVector c = TSimd.Multiply(i, g);
                if (previousCell != null)
                    c = TSimd.MultiplyAdd(f, TSimd.Load(previousCell + at), c);
                TVector t = Tanh<TSimd, TVector>.Of(c);
                TSimd.Store(i, gates + j);
                TSimd.Store(f, gates + width + j);
                TSimd.Store(g, gates + 2 * width + j);
                TSimd.Store(o, gates + 3 * width + j);
                TSimd.Store(c, cell + at);
                TSimd.Store(t, cellTanh + at);
                TSimd.Store(TSimd.Multiply(o, t), hidden + at);
            }
    }

    /// <param name="gates">i, f, g, o; overwritten with the gradient by the sums that went into them.</param>
    /// <param name="previousCell">c of the step before; null for 0.</param>
    /// <param name="cellTanh">tanh c.</param>
    /// <param name="hiddenGradient">The gradient by h.</param>
    /// <param name="cellGradient">The gradient by c from the step after; overwritten with that by c of the step before.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">Numbers in a row, and from one row to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float* gates, float* previousCell, float* cellTanh, float* hiddenGradient, float* cellGradient, int rows, int width)
    {
        TVector one = TSimd.Create(1), zero = TSimd.Create(0);
        for (int row = 0; row < rows; row++, gates += 4 * (nint)width)
            for (nint j = 0, at = (nint)row * width; j < width; j += TSimd.Width, at += TSimd.Width)
            {
                TVector i = TSimd.Load(gates + j), f = TSimd.Load(gates + width + j), g = TSimd.Load(gates + 2 * width + j), o = TSimd.Load(gates + 3 * width + j);
                TVector t = TSimd.Load(cellTanh + at), dh = TSimd.Load(hiddenGradient + at);
                TVector previous = previousCell == null ? zero : TSimd.Load(previousCell + at);
                // dc + dh · o · (1 − tanh² c)
                TVector dc = TSimd.MultiplyAdd(TSimd.Multiply(dh, o), TSimd.Subtract(one, TSimd.Multiply(t, t)), TSimd.Load(cellGradient + at));
                TSimd.Store(TSimd.Multiply(TSimd.Multiply(dc, g), TSimd.Multiply(i, TSimd.Subtract(one, i))), gates + j);
                TSimd.Store(TSimd.Multiply(TSimd.Multiply(dc, previous), TSimd.Multiply(f, TSimd.Subtract(one, f))), gates + width + j);
                TSimd.Store(TSimd.Multiply(TSimd.Multiply(dc, i), TSimd.Subtract(one, TSimd.Multiply(g, g))), gates + 2 * width + j);
                TSimd.Store(TSimd.Multiply(TSimd.Multiply(dh, t), TSimd.Multiply(o, TSimd.Subtract(one, o))), gates + 3 * width + j);
                TSimd.Store(TSimd.Multiply(dc, f), cellGradient + at);
            }
    }
}
