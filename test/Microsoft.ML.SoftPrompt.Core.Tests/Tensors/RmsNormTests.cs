namespace Microsoft.ML.SoftPrompt.Tensors;

public unsafe class RmsNormTests
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
            // Rows close together: what lies behind a row's width is the next row's.
            using Matrix x = Matrix.Random(Rows, columns, columns, 1, 5), gamma = Matrix.Random(1, columns, columns, 2), dy = Matrix.Random(Rows, columns, columns, 3);
            using Matrix y = new(Rows, columns, columns, (_, _) => 0), normalised = new(Rows, columns, columns, (_, _) => 0), inverse = new(1, Rows, Rows, (_, _) => 0), dx = new(Rows, columns, columns, (i, j) => dy[i, j]);

            kernels.RmsNorm(x.Pointer, Rows, columns, columns, gamma.Pointer, Epsilon, y.Pointer, normalised.Pointer, inverse.Pointer);
            kernels.RmsNormBackward(dx.Pointer, Rows, columns, columns, gamma.Pointer, normalised.Pointer, inverse.Pointer);

            double[] scale = [.. Enumerable.Range(0, Rows).Select(i => 1 / Math.Sqrt(Enumerable.Range(0, columns).Average(j => (double)x[i, j] * x[i, j]) + Epsilon))];
            double[] mean = [.. Enumerable.Range(0, Rows).Select(i => Enumerable.Range(0, columns).Average(j => (double)dy[i, j] * gamma[0, j] * x[i, j] * scale[i]))];
            y.Difference((i, j) => x[i, j] * scale[i] * gamma[0, j]).Should().BeLessThan(2e-6, "of {0} columns", columns);
            dx.Difference((i, j) => scale[i] * ((double)dy[i, j] * gamma[0, j] - x[i, j] * scale[i] * mean[i])).Should().BeLessThan(2e-6 * Math.Max(1, scale.Max()), "of {0} columns", columns);
        }
    }
}
