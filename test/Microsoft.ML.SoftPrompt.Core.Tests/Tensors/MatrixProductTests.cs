namespace Microsoft.ML.SoftPrompt.Tensors;

public unsafe class MatrixProductTests
{
    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void The_product_with_bias_and_addend_is_that_of_doubles_for_every_remainder(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        foreach (int rows in (int[])[1, 2, 3, 4, 5, 11, 12, 13, 23, 24, 31])
        {
            foreach ((int depth, int columns) in ((int, int)[])[(1, 1), (7, 5), (16, 31), (33, 32), (48, 33), (64, 96)])
            {
                int stride = kernels.Padded(columns);
                using Matrix a = Matrix.Random(rows, depth, depth + 3, 1), b = Matrix.Random(depth, columns, columns, 2);
                using Matrix c = new(rows, columns, stride, (_, _) => 0), addend = Matrix.Random(rows, columns, stride, 3), bias = Matrix.Random(1, columns, stride, 4);
                using AlignedMemory panels = new(PackedMatrix.Size(depth, columns, kernels.PanelWidth));
                PackedMatrix packed = PackedMatrix.Pack(b.Pointer, columns, 1, depth, columns, kernels.PanelWidth, panels.Pointer, bias.Pointer);

                kernels.Multiply(packed, a.Pointer, a.Stride, 1, rows, addend.Pointer, c.Pointer, stride);

                c.Difference((i, j) => Reference(a, b, i, j) + addend[i, j] + bias[0, j]).Should().BeLessThan(1e-5, "of {0} × {1} × {2}", rows, depth, columns);
            }
        }
    }

    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void A_row_has_the_same_bits_alone_and_among_others(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        const int Rows = 29, Depth = 75, Columns = 40;
        int stride = kernels.Padded(Columns);
        using Matrix a = Matrix.Random(Rows, Depth, Depth, 1), b = Matrix.Random(Depth, Columns, Columns, 2), all = new(Rows, Columns, stride, (_, _) => 0);
        using AlignedMemory panels = new(PackedMatrix.Size(Depth, Columns, kernels.PanelWidth));
        PackedMatrix packed = PackedMatrix.Pack(b.Pointer, Columns, 1, Depth, Columns, kernels.PanelWidth, panels.Pointer);
        kernels.Multiply(packed, a.Pointer, Depth, 1, Rows, null, all.Pointer, stride);

        for (int count = 1; count <= 13; count++)
        {
            for (int from = 0; from + count <= Rows; from += 5)
            {
                using Matrix some = new(count, Columns, stride, (_, _) => 0);
                kernels.Multiply(packed, a.Pointer + from * Depth, Depth, 1, count, null, some.Pointer, stride);
                some.Difference((i, j) => all[from + i, j]).Should().Be(0, "rows {0} to {1}", from, from + count);
            }
        }
    }

    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void A_transposed_matrix_is_read_as_it_lies(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        const int Rows = 17, Depth = 9, Columns = 33;
        int stride = kernels.Padded(Columns);
        using Matrix transposed = Matrix.Random(Depth, Rows, Rows, 1), b = Matrix.Random(Depth, Columns, Columns, 2), c = new(Rows, Columns, stride, (_, _) => 0);
        using AlignedMemory panels = new(PackedMatrix.Size(Depth, Columns, kernels.PanelWidth));
        PackedMatrix packed = PackedMatrix.Pack(b.Pointer, Columns, 1, Depth, Columns, kernels.PanelWidth, panels.Pointer);

        kernels.Multiply(packed, transposed.Pointer, 1, Rows, Rows, null, c.Pointer, stride);

        c.Difference((i, j) => Enumerable.Range(0, Depth).Sum(k => (double)transposed[k, i] * b[k, j])).Should().BeLessThan(1e-5);
    }

    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void The_way_back_multiplies_by_the_transpose(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        const int Rows = 5, Depth = 37, Columns = 50;
        int stride = kernels.Padded(Depth);
        using Matrix b = Matrix.Random(Depth, Columns, Columns, 2), dy = Matrix.Random(Rows, Columns, Columns, 3), dx = new(Rows, Depth, stride, (_, _) => 0);
        using AlignedMemory panels = new(PackedMatrix.Size(Depth, Columns, kernels.PanelWidth)), back = new(PackedMatrix.Size(Columns, Depth, kernels.PanelWidth));
        PackedMatrix packed = PackedMatrix.Pack(b.Pointer, Columns, 1, Depth, Columns, kernels.PanelWidth, panels.Pointer);

        kernels.Multiply(packed.PackTransposed(kernels.PanelWidth, back.Pointer), dy.Pointer, Columns, 1, Rows, null, dx.Pointer, stride);

        dx.Difference((i, k) => Enumerable.Range(0, Columns).Sum(j => (double)dy[i, j] * b[k, j])).Should().BeLessThan(1e-5);
    }

    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void A_narrow_matrix_gives_the_product_of_its_values_and_so_does_its_transpose(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        const int Rows = 17;
        foreach (WeightPrecision precision in (WeightPrecision[])[WeightPrecision.BFloat16, WeightPrecision.EightBit])
        {
            foreach ((int depth, int columns) in ((int, int)[])[(1, 1), (33, 31), (70, 96), (450, 40)])
            {
                using Matrix a = Matrix.Random(Rows, depth, depth, 1), b = Matrix.Random(depth, columns, columns, 2), bias = Matrix.Random(1, columns, kernels.Padded(columns), 3);
                using Matrix addend = Matrix.Random(Rows, columns, kernels.Padded(columns), 4), c = new(Rows, columns, kernels.Padded(columns), (_, _) => 0);
                using AlignedMemory panels = new(PackedMatrix.Size(depth, columns, kernels.PanelWidth, precision));
                PackedMatrix packed = PackedMatrix.Pack(b.Pointer, columns, 1, depth, columns, kernels.PanelWidth, panels.Pointer, bias.Pointer, precision);

                kernels.Multiply(packed, a.Pointer, depth, 1, Rows, addend.Pointer, c.Pointer, kernels.Padded(columns));

                float[,] stored = Stored(b, depth, columns, precision);
                c.Difference((i, j) => Enumerable.Range(0, depth).Sum(k => (double)a[i, k] * stored[k, j]) + bias[0, j] + addend[i, j])
                    .Should().BeLessThan(2e-5, "of {0} × {1} as {2}", depth, columns, precision);

                using Matrix dx = new(Rows, depth, kernels.Padded(depth), (_, _) => 0);
                using AlignedMemory back = new(PackedMatrix.Size(columns, depth, kernels.PanelWidth, WeightPrecision.BFloat16));
                PackedMatrix transposed = packed.PackTransposed(kernels.PanelWidth, back.Pointer, WeightPrecision.BFloat16);
                kernels.Multiply(transposed, addend.Pointer, addend.Stride, 1, Rows, null, dx.Pointer, kernels.Padded(depth));
                dx.Difference((i, k) => Enumerable.Range(0, columns).Sum(j => (double)addend[i, j] * Brain(stored[k, j]))).Should().BeLessThan(2e-5);
            }
        }
    }

    /// <summary>The values as stored, by the definition of each form.</summary>
    private static float[,] Stored(Matrix b, int depth, int columns, WeightPrecision precision)
    {
        float[,] stored = new float[depth, columns];
        for (int j = 0; j < columns; j++)
        {
            for (int k = 0; k < depth; k++)
            {
                int block = k / 32 * 32;
                float scale = Enumerable.Range(block, Math.Min(32, depth - block)).Max(row => Math.Abs(b[row, j])) / 127;
                stored[k, j] = precision == WeightPrecision.BFloat16 ? Brain(b[k, j]) : MathF.Round(b[k, j] / scale) * scale;
            }
        }
        return stored;
    }

    private static float Brain(float value) => BitConverter.UInt32BitsToSingle((uint)HalfPrecision.NarrowBrain(value) << 16);

    private static double Reference(Matrix a, Matrix b, int i, int j)
    {
        double sum = 0;
        for (int k = 0; k < a.Columns; k++)
            sum += (double)a[i, k] * b[k, j];
        return sum;
    }
}
