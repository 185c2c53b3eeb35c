namespace Microsoft.ML.SoftPrompt.Tensors;

public unsafe class SoftCapTests
{
    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void Values_keep_their_relative_accuracy_from_the_smallest_to_the_bound(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        const int Count = 1 << 15;
        const float Scale = 0.5f, Cap = 50;
        using Matrix x = new(1, Count, Count, (_, j) => (j - Count / 2) * (2000f / (Count / 2))), y = new(1, Count, Count, (_, j) => x[0, j]), slope = new(1, Count, Count, (_, _) => 0);
        kernels.SoftCap(y.Pointer, Count, Scale, Cap, slope.Pointer);
        for (int j = 0; j < Count; j++)
        {
            double t = Math.Tanh(Scale * (double)x[0, j] / Cap);
            Math.Abs(y[0, j] - Cap * t).Should().BeLessThanOrEqualTo(5e-7 * Math.Abs(Cap * t), "of {0}", x[0, j]);
            ((double)slope[0, j]).Should().BeApproximately(1 - t * t, 1e-6);
        }
    }
}
