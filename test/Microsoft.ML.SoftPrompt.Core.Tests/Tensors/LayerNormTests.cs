namespace Microsoft.ML.SoftPrompt.Tensors;

public unsafe class LayerNormTests
{
    private const int Rows = 3;
    private const float Epsilon = 1e-5f;

    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void Rows_of_every_width_and_their_gradients_are_those_of_doubles(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        foreach (int columns in (int[])[2, 3, 5, 8, 15, 16, 17, 31, 33, 48, 100, 384])
        {
            int stride = kernels.Padded(columns);
            using Matrix x = Matrix.Random(Rows, columns, stride, 1, 5), gamma = Matrix.Random(1, columns, stride, 2), beta = Matrix.Random(1, columns, stride, 3);
            using Matrix y = new(Rows, columns, stride, (_, _) => 0), normalised = new(Rows, columns, stride, (_, _) => 0), inverse = new(1, Rows, Rows, (_, _) => 0);
            using Matrix dy = Matrix.Random(Rows, columns, stride, 4), dx = new(Rows, columns, stride, (i, j) => dy[i, j]);

            kernels.LayerNorm(x.Pointer, Rows, columns, stride, gamma.Pointer, beta.Pointer, Epsilon, y.Pointer, normalised.Pointer, inverse.Pointer);
            kernels.LayerNormBackward(dx.Pointer, Rows, columns, stride, gamma.Pointer, normalised.Pointer, inverse.Pointer);

            double[,] n = new double[Rows, columns];
            double[] scale = new double[Rows], meanG = new double[Rows], meanGn = new double[Rows];
            for (int i = 0; i < Rows; i++)
            {
                double mean = Enumerable.Range(0, columns).Average(j => (double)x[i, j]);
                scale[i] = 1 / Math.Sqrt(Enumerable.Range(0, columns).Average(j => (x[i, j] - mean) * (x[i, j] - mean)) + Epsilon);
                for (int j = 0; j < columns; j++)
                {
                    n[i, j] = (x[i, j] - mean) * scale[i];
                    meanG[i] += (double)dy[i, j] * gamma[0, j] / columns;
                    meanGn[i] += (double)dy[i, j] * gamma[0, j] * n[i, j] / columns;
                }
            }
            y.Difference((i, j) => n[i, j] * gamma[0, j] + beta[0, j]).Should().BeLessThan(3e-6, "of {0} columns", columns);
            dx.Difference((i, j) => scale[i] * ((double)dy[i, j] * gamma[0, j] - meanG[i] - n[i, j] * meanGn[i])).Should().BeLessThan(3e-6 * Math.Max(1, scale.Max()), "of {0} columns", columns);
        }
    }

    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void A_large_offset_does_not_eat_the_variance(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        int stride = kernels.Padded(4);
        using Matrix x = new(1, 4, stride, (_, j) => 4096 + j), one = new(1, 4, stride, (_, _) => 1), zero = new(1, 4, stride, (_, _) => 0);
        kernels.LayerNorm(x.Pointer, 1, 4, stride, one.Pointer, zero.Pointer, 1e-12f, x.Pointer, null, null);
        x.Difference((_, j) => (j - 1.5) / Math.Sqrt(1.25)).Should().BeLessThan(1e-6); // mean 4097.5, variance 1.25
    }
}
