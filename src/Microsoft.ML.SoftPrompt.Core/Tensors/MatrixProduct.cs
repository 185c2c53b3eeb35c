using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>
/// c[i, j] = bias[j] + addend[i, j] + Σₖ a[i, k] · b[k, j], with b in panels. Every block shape adds along k in the same order, one product
/// at a time, so a row of c depends on its row of a alone, bit for bit.
/// </summary>
internal static unsafe class MatrixProduct<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>
    /// Steps along the depth that a block takes at a time: where another thread shares the core, the loop's own instructions cost a
    /// tenth. A transposed a, whose steps lie apart, takes them one by one.
    /// </summary>
    private const int Unrolled = 4;

    /// <summary>Rows of a panel that are widened at a time: 24 KB with 512 bits.</summary>
    private const int WidenedDepth = 192;

    /// <summary>Columns of a panel: two vectors, so that each number of a is used twice.</summary>
    public static int PanelWidth => 2 * TSimd.Width;

    /// <param name="b">[depth, columns].</param>
    /// <param name="a">Its element [i, k] is at i · row + k · step, so that a transposed matrix can be read as it lies.</param>
    /// <param name="row">See <paramref name="a"/>.</param>
    /// <param name="step">See <paramref name="a"/>.</param>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="addend">Added to the product, laid out as c; may be c, may be null.</param>
    /// <param name="c">Its rows are <paramref name="stride"/> apart and have room for whole panels; what pads them is undefined.</param>
    /// <param name="stride">Distance of the rows of c and of the addend.</param>
    public static void Run(in PackedMatrix b, float* a, nint row, nint step, int rows, float* addend, float* c, nint stride)
    {
        nint size = NarrowPanel.Size(b.Depth, PanelWidth, b.Precision);
        for (int column = 0; column < b.Columns; column += PanelWidth)
        {
            float* panel = b.Panels + column / PanelWidth * size;
            float* bias = b.Bias == null ? null : b.Bias + column;
            float* plus = addend == null ? null : addend + column;
            if (b.Precision == WeightPrecision.Full)
                Panel(panel, bias, b.Depth, a, row, step, rows, plus, c + column, stride);
            else
                Widened(panel, b.Precision, bias, b.Depth, a, row, step, rows, plus, c + column, stride);
        }
    }

    /// <summary>
    /// A panel in less than single precision, widened in parts that stay in the cache next to the core while all rows use them. A part
    /// goes on adding where the one before stopped, so that the order is the same as in one piece.
    /// </summary>
    [SkipLocalsInit]
    private static void Widened(float* panel, WeightPrecision precision, float* bias, int depth, float* a, nint row, nint step, int rows, float* addend, float* c, nint stride)
    {
        const int Alignment = 64;
        float* memory = stackalloc float[WidenedDepth * PanelWidth + Alignment / sizeof(float)];
        float* widened = (float*)(((nuint)memory + Alignment - 1) / Alignment * Alignment);
        for (int from = 0; from < depth; from += WidenedDepth)
        {
            int count = Math.Min(WidenedDepth, depth - from);
            NarrowPanel.Widen(panel, PanelWidth, precision, from, count, widened);
            Panel(widened, from == 0 ? bias : null, count, a + from * step, row, step, rows, from == 0 ? addend : c, c, stride);
        }
    }

    private static void Panel(float* panel, float* bias, int depth, float* a, nint row, nint step, int rows, float* addend, float* c, nint stride)
    {
        int i = 0;
        // 24 of the 32 registers of AVX-512 hold sums; half as many registers hold those of four rows.
        if (TSimd.Width == Simd512.Width)
            for (; i <= rows - 12; i += 12)
                Rows12(panel, bias, depth, a + i * row, row, step, addend == null ? null : addend + i * stride, c + i * stride, stride);
        for (; i <= rows - 4; i += 4)
            Rows4(panel, bias, depth, a + i * row, row, step, addend == null ? null : addend + i * stride, c + i * stride, stride);
        for (; i < rows; i++)
            Rows1(panel, bias, depth, a + i * row, row, step, addend == null ? null : addend + i * stride, c + i * stride, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows12(float* panel, float* bias, int depth, float* a, nint row, nint step, float* addend, float* c, nint stride)
    {
        TVector left = bias == null ? TSimd.Create(0) : TSimd.Load(bias), right = bias == null ? TSimd.Create(0) : TSimd.Load(bias + TSimd.Width);
        TVector x0 = left, y0 = right;
        TVector x1 = left, y1 = right;
        TVector x2 = left, y2 = right;
        TVector x3 = left, y3 = right;
        TVector x4 = left, y4 = right;
        TVector x5 = left, y5 = right;
        TVector x6 = left, y6 = right;
        TVector x7 = left, y7 = right;
        TVector x8 = left, y8 = right;
        TVector x9 = left, y9 = right;
        TVector x10 = left, y10 = right;
        TVector x11 = left, y11 = right;
        if (addend != null)
        {
            x0 = TSimd.Add(x0, TSimd.Load(addend));
            y0 = TSimd.Add(y0, TSimd.Load(addend + TSimd.Width));
            x1 = TSimd.Add(x1, TSimd.Load(addend + stride));
            y1 = TSimd.Add(y1, TSimd.Load(addend + stride + TSimd.Width));
            x2 = TSimd.Add(x2, TSimd.Load(addend + 2 * stride));
            y2 = TSimd.Add(y2, TSimd.Load(addend + 2 * stride + TSimd.Width));
            x3 = TSimd.Add(x3, TSimd.Load(addend + 3 * stride));
            y3 = TSimd.Add(y3, TSimd.Load(addend + 3 * stride + TSimd.Width));
            x4 = TSimd.Add(x4, TSimd.Load(addend + 4 * stride));
            y4 = TSimd.Add(y4, TSimd.Load(addend + 4 * stride + TSimd.Width));
            x5 = TSimd.Add(x5, TSimd.Load(addend + 5 * stride));
            y5 = TSimd.Add(y5, TSimd.Load(addend + 5 * stride + TSimd.Width));
            x6 = TSimd.Add(x6, TSimd.Load(addend + 6 * stride));
            y6 = TSimd.Add(y6, TSimd.Load(addend + 6 * stride + TSimd.Width));
            x7 = TSimd.Add(x7, TSimd.Load(addend + 7 * stride));
            y7 = TSimd.Add(y7, TSimd.Load(addend + 7 * stride + TSimd.Width));
            x8 = TSimd.Add(x8, TSimd.Load(addend + 8 * stride));
            y8 = TSimd.Add(y8, TSimd.Load(addend + 8 * stride + TSimd.Width));
            x9 = TSimd.Add(x9, TSimd.Load(addend + 9 * stride));
            y9 = TSimd.Add(y9, TSimd.Load(addend + 9 * stride + TSimd.Width));
            x10 = TSimd.Add(x10, TSimd.Load(addend + 10 * stride));
            y10 = TSimd.Add(y10, TSimd.Load(addend + 10 * stride + TSimd.Width));
            x11 = TSimd.Add(x11, TSimd.Load(addend + 11 * stride));
            y11 = TSimd.Add(y11, TSimd.Load(addend + 11 * stride + TSimd.Width));
        }
        nint row2 = 2 * row;
        float* a3 = a + 3 * row;
        float* a6 = a + 6 * row;
        float* a9 = a + 9 * row;
        int k = 0;
        for (; step == 1 && k <= depth - Unrolled; k += Unrolled)
        {
            TVector value;
            left = TSimd.Load(panel);
            right = TSimd.Load(panel + TSimd.Width);
            value = TSimd.Create(*a);
            x0 = TSimd.MultiplyAdd(value, left, x0);
            y0 = TSimd.MultiplyAdd(value, right, y0);
            value = TSimd.Create(a[row]);
            x1 = TSimd.MultiplyAdd(value, left, x1);
            y1 = TSimd.MultiplyAdd(value, right, y1);
            value = TSimd.Create(a[row2]);
            x2 = TSimd.MultiplyAdd(value, left, x2);
            y2 = TSimd.MultiplyAdd(value, right, y2);
            value = TSimd.Create(*a3);
            x3 = TSimd.MultiplyAdd(value, left, x3);
            y3 = TSimd.MultiplyAdd(value, right, y3);
            value = TSimd.Create(a3[row]);
            x4 = TSimd.MultiplyAdd(value, left, x4);
            y4 = TSimd.MultiplyAdd(value, right, y4);
            value = TSimd.Create(a3[row2]);
            x5 = TSimd.MultiplyAdd(value, left, x5);
            y5 = TSimd.MultiplyAdd(value, right, y5);
            value = TSimd.Create(*a6);
            x6 = TSimd.MultiplyAdd(value, left, x6);
            y6 = TSimd.MultiplyAdd(value, right, y6);
            value = TSimd.Create(a6[row]);
            x7 = TSimd.MultiplyAdd(value, left, x7);
            y7 = TSimd.MultiplyAdd(value, right, y7);
            value = TSimd.Create(a6[row2]);
            x8 = TSimd.MultiplyAdd(value, left, x8);
            y8 = TSimd.MultiplyAdd(value, right, y8);
            value = TSimd.Create(*a9);
            x9 = TSimd.MultiplyAdd(value, left, x9);
            y9 = TSimd.MultiplyAdd(value, right, y9);
            value = TSimd.Create(a9[row]);
            x10 = TSimd.MultiplyAdd(value, left, x10);
            y10 = TSimd.MultiplyAdd(value, right, y10);
            value = TSimd.Create(a9[row2]);
            x11 = TSimd.MultiplyAdd(value, left, x11);
            y11 = TSimd.MultiplyAdd(value, right, y11);
            left = TSimd.Load(panel + 2 * TSimd.Width);
            right = TSimd.Load(panel + 3 * TSimd.Width);
            value = TSimd.Create(a[1]);
            x0 = TSimd.MultiplyAdd(value, left, x0);
            y0 = TSimd.MultiplyAdd(value, right, y0);
            value = TSimd.Create(a[row + 1]);
            x1 = TSimd.MultiplyAdd(value, left, x1);
            y1 = TSimd.MultiplyAdd(value, right, y1);
            value = TSimd.Create(a[row2 + 1]);
            x2 = TSimd.MultiplyAdd(value, left, x2);
            y2 = TSimd.MultiplyAdd(value, right, y2);
            value = TSimd.Create(a3[1]);
            x3 = TSimd.MultiplyAdd(value, left, x3);
            y3 = TSimd.MultiplyAdd(value, right, y3);
            value = TSimd.Create(a3[row + 1]);
            x4 = TSimd.MultiplyAdd(value, left, x4);
            y4 = TSimd.MultiplyAdd(value, right, y4);
            value = TSimd.Create(a3[row2 + 1]);
            x5 = TSimd.MultiplyAdd(value, left, x5);
            y5 = TSimd.MultiplyAdd(value, right, y5);
            value = TSimd.Create(a6[1]);
            x6 = TSimd.MultiplyAdd(value, left, x6);
            y6 = TSimd.MultiplyAdd(value, right, y6);
            value = TSimd.Create(a6[row + 1]);
            x7 = TSimd.MultiplyAdd(value, left, x7);
            y7 = TSimd.MultiplyAdd(value, right, y7);
            value = TSimd.Create(a6[row2 + 1]);
            x8 = TSimd.MultiplyAdd(value, left, x8);
            y8 = TSimd.MultiplyAdd(value, right, y8);
            value = TSimd.Create(a9[1]);
            x9 = TSimd.MultiplyAdd(value, left, x9);
            y9 = TSimd.MultiplyAdd(value, right, y9);
            value = TSimd.Create(a9[row + 1]);
            x10 = TSimd.MultiplyAdd(value, left, x10);
            y10 = TSimd.MultiplyAdd(value, right, y10);
            value = TSimd.Create(a9[row2 + 1]);
            x11 = TSimd.MultiplyAdd(value, left, x11);
            y11 = TSimd.MultiplyAdd(value, right, y11);
            left = TSimd.Load(panel + 4 * TSimd.Width);
            right = TSimd.Load(panel + 5 * TSimd.Width);
            value = TSimd.Create(a[2]);
            x0 = TSimd.MultiplyAdd(value, left, x0);
            y0 = TSimd.MultiplyAdd(value, right, y0);
            value = TSimd.Create(a[row + 2]);
            x1 = TSimd.MultiplyAdd(value, left, x1);
            y1 = TSimd.MultiplyAdd(value, right, y1);
            value = TSimd.Create(a[row2 + 2]);
            x2 = TSimd.MultiplyAdd(value, left, x2);
            y2 = TSimd.MultiplyAdd(value, right, y2);
            value = TSimd.Create(a3[2]);
            x3 = TSimd.MultiplyAdd(value, left, x3);
            y3 = TSimd.MultiplyAdd(value, right, y3);
            value = TSimd.Create(a3[row + 2]);
            x4 = TSimd.MultiplyAdd(value, left, x4);
            y4 = TSimd.MultiplyAdd(value, right, y4);
            value = TSimd.Create(a3[row2 + 2]);
            x5 = TSimd.MultiplyAdd(value, left, x5);
            y5 = TSimd.MultiplyAdd(value, right, y5);
            value = TSimd.Create(a6[2]);
            x6 = TSimd.MultiplyAdd(value, left, x6);
            y6 = TSimd.MultiplyAdd(value, right, y6);
            value = TSimd.Create(a6[row + 2]);
            x7 = TSimd.MultiplyAdd(value, left, x7);
            y7 = TSimd.MultiplyAdd(value, right, y7);
            value = TSimd.Create(a6[row2 + 2]);
            x8 = TSimd.MultiplyAdd(value, left, x8);
            y8 = TSimd.MultiplyAdd(value, right, y8);
            value = TSimd.Create(a9[2]);
            x9 = TSimd.MultiplyAdd(value, left, x9);
            y9 = TSimd.MultiplyAdd(value, right, y9);
            value = TSimd.Create(a9[row + 2]);
            x10 = TSimd.MultiplyAdd(value, left, x10);
            y10 = TSimd.MultiplyAdd(value, right, y10);
            value = TSimd.Create(a9[row2 + 2]);
            x11 = TSimd.MultiplyAdd(value, left, x11);
            y11 = TSimd.MultiplyAdd(value, right, y11);
            left = TSimd.Load(panel + 6 * TSimd.Width);
            right = TSimd.Load(panel + 7 * TSimd.Width);
            value = TSimd.Create(a[3]);
            x0 = TSimd.MultiplyAdd(value, left, x0);
            y0 = TSimd.MultiplyAdd(value, right, y0);
            value = TSimd.Create(a[row + 3]);
            x1 = TSimd.MultiplyAdd(value, left, x1);
            y1 = TSimd.MultiplyAdd(value, right, y1);
            value = TSimd.Create(a[row2 + 3]);
            x2 = TSimd.MultiplyAdd(value, left, x2);
            y2 = TSimd.MultiplyAdd(value, right, y2);
            value = TSimd.Create(a3[3]);
            x3 = TSimd.MultiplyAdd(value, left, x3);
            y3 = TSimd.MultiplyAdd(value, right, y3);
            value = TSimd.Create(a3[row + 3]);
            x4 = TSimd.MultiplyAdd(value, left, x4);
            y4 = TSimd.MultiplyAdd(value, right, y4);
            value = TSimd.Create(a3[row2 + 3]);
            x5 = TSimd.MultiplyAdd(value, left, x5);
            y5 = TSimd.MultiplyAdd(value, right, y5);
            value = TSimd.Create(a6[3]);
            x6 = TSimd.MultiplyAdd(value, left, x6);
            y6 = TSimd.MultiplyAdd(value, right, y6);
            value = TSimd.Create(a6[row + 3]);
            x7 = TSimd.MultiplyAdd(value, left, x7);
            y7 = TSimd.MultiplyAdd(value, right, y7);
            value = TSimd.Create(a6[row2 + 3]);
            x8 = TSimd.MultiplyAdd(value, left, x8);
            y8 = TSimd.MultiplyAdd(value, right, y8);
            value = TSimd.Create(a9[3]);
            x9 = TSimd.MultiplyAdd(value, left, x9);
            y9 = TSimd.MultiplyAdd(value, right, y9);
            value = TSimd.Create(a9[row + 3]);
            x10 = TSimd.MultiplyAdd(value, left, x10);
            y10 = TSimd.MultiplyAdd(value, right, y10);
            value = TSimd.Create(a9[row2 + 3]);
            x11 = TSimd.MultiplyAdd(value, left, x11);
            y11 = TSimd.MultiplyAdd(value, right, y11);
            panel += Unrolled * 2 * TSimd.Width;
            a += Unrolled;
            a3 += Unrolled;
            a6 += Unrolled;
            a9 += Unrolled;
        }
        for (; k < depth; k++)
        {
            TVector value;
            left = TSimd.Load(panel);
            right = TSimd.Load(panel + TSimd.Width);
            value = TSimd.Create(*a);
            x0 = TSimd.MultiplyAdd(value, left, x0);
            y0 = TSimd.MultiplyAdd(value, right, y0);
            value = TSimd.Create(a[row]);
            x1 = TSimd.MultiplyAdd(value, left, x1);
            y1 = TSimd.MultiplyAdd(value, right, y1);
            value = TSimd.Create(a[row2]);
            x2 = TSimd.MultiplyAdd(value, left, x2);
            y2 = TSimd.MultiplyAdd(value, right, y2);
            value = TSimd.Create(*a3);
            x3 = TSimd.MultiplyAdd(value, left, x3);
            y3 = TSimd.MultiplyAdd(value, right, y3);
            value = TSimd.Create(a3[row]);
            x4 = TSimd.MultiplyAdd(value, left, x4);
            y4 = TSimd.MultiplyAdd(value, right, y4);
            value = TSimd.Create(a3[row2]);
            x5 = TSimd.MultiplyAdd(value, left, x5);
            y5 = TSimd.MultiplyAdd(value, right, y5);
            value = TSimd.Create(*a6);
            x6 = TSimd.MultiplyAdd(value, left, x6);
            y6 = TSimd.MultiplyAdd(value, right, y6);
            value = TSimd.Create(a6[row]);
            x7 = TSimd.MultiplyAdd(value, left, x7);
            y7 = TSimd.MultiplyAdd(value, right, y7);
            value = TSimd.Create(a6[row2]);
            x8 = TSimd.MultiplyAdd(value, left, x8);
            y8 = TSimd.MultiplyAdd(value, right, y8);
            value = TSimd.Create(*a9);
            x9 = TSimd.MultiplyAdd(value, left, x9);
            y9 = TSimd.MultiplyAdd(value, right, y9);
            value = TSimd.Create(a9[row]);
            x10 = TSimd.MultiplyAdd(value, left, x10);
            y10 = TSimd.MultiplyAdd(value, right, y10);
            value = TSimd.Create(a9[row2]);
            x11 = TSimd.MultiplyAdd(value, left, x11);
            y11 = TSimd.MultiplyAdd(value, right, y11);
            panel += 2 * TSimd.Width;
            a += step;
            a3 += step;
            a6 += step;
            a9 += step;
        }
        TSimd.Store(x0, c);
        TSimd.Store(y0, c + TSimd.Width);
        TSimd.Store(x1, c + stride);
        TSimd.Store(y1, c + stride + TSimd.Width);
        TSimd.Store(x2, c + 2 * stride);
        TSimd.Store(y2, c + 2 * stride + TSimd.Width);
        TSimd.Store(x3, c + 3 * stride);
        TSimd.Store(y3, c + 3 * stride + TSimd.Width);
        TSimd.Store(x4, c + 4 * stride);
        TSimd.Store(y4, c + 4 * stride + TSimd.Width);
        TSimd.Store(x5, c + 5 * stride);
        TSimd.Store(y5, c + 5 * stride + TSimd.Width);
        TSimd.Store(x6, c + 6 * stride);
        TSimd.Store(y6, c + 6 * stride + TSimd.Width);
        TSimd.Store(x7, c + 7 * stride);
        TSimd.Store(y7, c + 7 * stride + TSimd.Width);
        TSimd.Store(x8, c + 8 * stride);
        TSimd.Store(y8, c + 8 * stride + TSimd.Width);
        TSimd.Store(x9, c + 9 * stride);
        TSimd.Store(y9, c + 9 * stride + TSimd.Width);
        TSimd.Store(x10, c + 10 * stride);
        TSimd.Store(y10, c + 10 * stride + TSimd.Width);
        TSimd.Store(x11, c + 11 * stride);
        TSimd.Store(y11, c + 11 * stride + TSimd.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows4(float* panel, float* bias, int depth, float* a, nint row, nint step, float* addend, float* c, nint stride)
    {
        TVector left = bias == null ? TSimd.Create(0) : TSimd.Load(bias), right = bias == null ? TSimd.Create(0) : TSimd.Load(bias + TSimd.Width);
        TVector x0 = left, y0 = right;
        TVector x1 = left, y1 = right;
        TVector x2 = left, y2 = right;
        TVector x3 = left, y3 = right;
        if (addend != null)
        {
            x0 = TSimd.Add(x0, TSimd.Load(addend));
            y0 = TSimd.Add(y0, TSimd.Load(addend + TSimd.Width));
            x1 = TSimd.Add(x1, TSimd.Load(addend + stride));
            y1 = TSimd.Add(y1, TSimd.Load(addend + stride + TSimd.Width));
            x2 = TSimd.Add(x2, TSimd.Load(addend + 2 * stride));
            y2 = TSimd.Add(y2, TSimd.Load(addend + 2 * stride + TSimd.Width));
            x3 = TSimd.Add(x3, TSimd.Load(addend + 3 * stride));
            y3 = TSimd.Add(y3, TSimd.Load(addend + 3 * stride + TSimd.Width));
        }
        nint row2 = 2 * row;
        float* a3 = a + 3 * row;
        int k = 0;
        for (; step == 1 && k <= depth - Unrolled; k += Unrolled)
        {
            TVector value;
            left = TSimd.Load(panel);
            right = TSimd.Load(panel + TSimd.Width);
            value = TSimd.Create(*a);
            x0 = TSimd.MultiplyAdd(value, left, x0);
            y0 = TSimd.MultiplyAdd(value, right, y0);
            value = TSimd.Create(a[row]);
            x1 = TSimd.MultiplyAdd(value, left, x1);
            y1 = TSimd.MultiplyAdd(value, right, y1);
            value = TSimd.Create(a[row2]);
            x2 = TSimd.MultiplyAdd(value, left, x2);
            y2 = TSimd.MultiplyAdd(value, right, y2);
            value = TSimd.Create(*a3);
            x3 = TSimd.MultiplyAdd(value, left, x3);
            y3 = TSimd.MultiplyAdd(value, right, y3);
            left = TSimd.Load(panel + 2 * TSimd.Width);
            right = TSimd.Load(panel + 3 * TSimd.Width);
            value = TSimd.Create(a[1]);
            x0 = TSimd.MultiplyAdd(value, left, x0);
            y0 = TSimd.MultiplyAdd(value, right, y0);
            value = TSimd.Create(a[row + 1]);
            x1 = TSimd.MultiplyAdd(value, left, x1);
            y1 = TSimd.MultiplyAdd(value, right, y1);
            value = TSimd.Create(a[row2 + 1]);
            x2 = TSimd.MultiplyAdd(value, left, x2);
            y2 = TSimd.MultiplyAdd(value, right, y2);
            value = TSimd.Create(a3[1]);
            x3 = TSimd.MultiplyAdd(value, left, x3);
            y3 = TSimd.MultiplyAdd(value, right, y3);
            left = TSimd.Load(panel + 4 * TSimd.Width);
            right = TSimd.Load(panel + 5 * TSimd.Width);
            value = TSimd.Create(a[2]);
            x0 = TSimd.MultiplyAdd(value, left, x0);
            y0 = TSimd.MultiplyAdd(value, right, y0);
            value = TSimd.Create(a[row + 2]);
            x1 = TSimd.MultiplyAdd(value, left, x1);
            y1 = TSimd.MultiplyAdd(value, right, y1);
            value = TSimd.Create(a[row2 + 2]);
            x2 = TSimd.MultiplyAdd(value, left, x2);
            y2 = TSimd.MultiplyAdd(value, right, y2);
            value = TSimd.Create(a3[2]);
            x3 = TSimd.MultiplyAdd(value, left, x3);
            y3 = TSimd.MultiplyAdd(value, right, y3);
            left = TSimd.Load(panel + 6 * TSimd.Width);
            right = TSimd.Load(panel + 7 * TSimd.Width);
            value = TSimd.Create(a[3]);
            x0 = TSimd.MultiplyAdd(value, left, x0);
            y0 = TSimd.MultiplyAdd(value, right, y0);
            value = TSimd.Create(a[row + 3]);
            x1 = TSimd.MultiplyAdd(value, left, x1);
            y1 = TSimd.MultiplyAdd(value, right, y1);
            value = TSimd.Create(a[row2 + 3]);
            x2 = TSimd.MultiplyAdd(value, left, x2);
            y2 = TSimd.MultiplyAdd(value, right, y2);
            value = TSimd.Create(a3[3]);
            x3 = TSimd.MultiplyAdd(value, left, x3);
            y3 = TSimd.MultiplyAdd(value, right, y3);
            panel += Unrolled * 2 * TSimd.Width;
            a += Unrolled;
            a3 += Unrolled;
        }
        for (; k < depth; k++)
        {
            TVector value;
            left = TSimd.Load(panel);
            right = TSimd.Load(panel + TSimd.Width);
            value = TSimd.Create(*a);
            x0 = TSimd.MultiplyAdd(value, left, x0);
            y0 = TSimd.MultiplyAdd(value, right, y0);
            value = TSimd.Create(a[row]);
            x1 = TSimd.MultiplyAdd(value, left, x1);
            y1 = TSimd.MultiplyAdd(value, right, y1);
            value = TSimd.Create(a[row2]);
            x2 = TSimd.MultiplyAdd(value, left, x2);
            y2 = TSimd.MultiplyAdd(value, right, y2);
            value = TSimd.Create(*a3);
            x3 = TSimd.MultiplyAdd(value, left, x3);
            y3 = TSimd.MultiplyAdd(value, right, y3);
            panel += 2 * TSimd.Width;
            a += step;
            a3 += step;
        }
        TSimd.Store(x0, c);
        TSimd.Store(y0, c + TSimd.Width);
        TSimd.Store(x1, c + stride);
        TSimd.Store(y1, c + stride + TSimd.Width);
        TSimd.Store(x2, c + 2 * stride);
        TSimd.Store(y2, c + 2 * stride + TSimd.Width);
        TSimd.Store(x3, c + 3 * stride);
        TSimd.Store(y3, c + 3 * stride + TSimd.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows1(float* panel, float* bias, int depth, float* a, nint row, nint step, float* addend, float* c, nint stride)
    {
        TVector left = bias == null ? TSimd.Create(0) : TSimd.Load(bias), right = bias == null ? TSimd.Create(0) : TSimd.Load(bias + TSimd.Width);
        TVector x0 = left, y0 = right;
        if (addend != null)
        {
            x0 = TSimd.Add(x0, TSimd.Load(addend));
            y0 = TSimd.Add(y0, TSimd.Load(addend + TSimd.Width));
        }
        for (int k = 0; k < depth; k++)
        {
            left = TSimd.Load(panel);
            right = TSimd.Load(panel + TSimd.Width);
            TVector value;
            value = TSimd.Create(*a);
            x0 = TSimd.MultiplyAdd(value, left, x0);
            y0 = TSimd.MultiplyAdd(value, right, y0);
            panel += 2 * TSimd.Width;
            a += step;
        }
        TSimd.Store(x0, c);
        TSimd.Store(y0, c + TSimd.Width);
    }
}
