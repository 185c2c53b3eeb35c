namespace Microsoft.ML.SoftPrompt.Tensors;

public unsafe class RotaryTests
{
    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void Pairs_are_turned_by_their_angles_and_back(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        const int Rows = 4, Heads = 3;
        const double Theta = 10000;
        int[] positions = [0, 7, 63, 5];
        foreach (int size in (int[])[2, 6, 12, 32, 64, 80])
        {
            int columns = Heads * size, half = size / 2;
            using Matrix turns = new(64, size, size, (_, _) => 0), start = Matrix.Random(Rows, columns, columns, 1), x = new(Rows, columns, columns, (i, j) => start[i, j]);
            RotaryTable.Fill(turns.Pointer, 64, size, Theta);
            fixed (int* at = positions)
            {
                kernels.Rotate(x.Pointer, Rows, Heads, size, columns, at, turns.Pointer, back: false);
                x.Difference((i, j) =>
                {
                    double angle = positions[i] * Math.Pow(Theta, -2.0 * (j % size % half) / size);
                    double other = j % size < half ? -start[i, j + half] : start[i, j - half];
                    return start[i, j] * Math.Cos(angle) + other * Math.Sin(angle);
                }).Should().BeLessThan(3e-7, "of heads of {0}", size);
                kernels.Rotate(x.Pointer, Rows, Heads, size, columns, at, turns.Pointer, back: true);
            }
            x.Difference((i, j) => start[i, j]).Should().BeLessThan(5e-7, "of heads of {0}", size);
        }
    }
}
