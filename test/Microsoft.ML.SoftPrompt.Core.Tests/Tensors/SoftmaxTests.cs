namespace Microsoft.ML.SoftPrompt.Tensors;

public unsafe class SoftmaxTests
{
    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void Rows_of_every_length_and_their_gradients_are_those_of_doubles(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        const int Rows = 3;
        const float Scale = 0.3f;
        foreach (int columns in (int[])[1, 2, 3, 5, 8, 15, 16, 17, 31, 33, 64, 100, 129])
        {
            int stride = kernels.Padded(columns);
            using Matrix s = Matrix.Random(Rows, columns, stride, 1, 40), p = new(Rows, columns, stride, (i, j) => s[i, j]), dp = Matrix.Random(Rows, columns, stride, 2), ds = new(Rows, columns, stride, (i, j) => dp[i, j]);

            kernels.Softmax(p.Pointer, Rows, columns, 0, columns, stride, Scale);
            kernels.SoftmaxBackward(p.Pointer, ds.Pointer, Rows, columns, stride, Scale);

            double[,] expected = new double[Rows, columns];
            double[] along = new double[Rows];
            for (int i = 0; i < Rows; i++)
            {
                double sum = Enumerable.Range(0, columns).Sum(j => Math.Exp(Scale * (double)s[i, j]));
                for (int j = 0; j < columns; j++)
                {
                    expected[i, j] = Math.Exp(Scale * (double)s[i, j]) / sum;
                    along[i] += expected[i, j] * dp[i, j];
                }
            }
            p.Difference((i, j) => expected[i, j]).Should().BeLessThan(2e-6, "of {0} columns", columns);
            ds.Difference((i, j) => Scale * expected[i, j] * (dp[i, j] - along[i])).Should().BeLessThan(2e-6, "of {0} columns", columns);
        }
    }

    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void Large_scores_neither_overflow_nor_lose_the_sum_of_one(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        int stride = kernels.Padded(3);
        using Matrix s = new(1, 3, stride, (_, j) => j == 1 ? 1e4f : -1e4f);
        kernels.Softmax(s.Pointer, 1, 3, 0, 3, stride, 1);
        s.Difference((_, j) => j == 1 ? 1 : 0).Should().BeLessThan(1e-30);
    }
}
