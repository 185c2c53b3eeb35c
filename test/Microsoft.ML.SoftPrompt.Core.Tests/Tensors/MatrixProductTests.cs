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

    private static double Reference(Matrix a, Matrix b, int i, int j)
    {
        double sum = 0;
        for (int k = 0; k < a.Columns; k++)
            sum += (double)a[i, k] * b[k, j];
        return sum;
    }
}
