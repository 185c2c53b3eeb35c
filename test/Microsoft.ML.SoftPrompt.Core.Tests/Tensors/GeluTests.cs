using MathNet.Numerics;

namespace Microsoft.ML.SoftPrompt.Tensors;

public unsafe class GeluTests
{
    /// <summary>Relative to max(|x|, tiny): the tail keeps its relative accuracy down to where singles end.</summary>
    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void Values_and_slopes_are_those_of_doubles(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        const int Count = 1 << 16;
        using Matrix x = new(1, Count, Count, (_, j) => (j - Count / 2) * (10f / (Count / 2))), y = new(1, Count, Count, (_, j) => x[0, j]), slope = new(1, Count, Count, (_, _) => 0);

        kernels.Activate(Activation.Gelu, y.Pointer, Count, slope.Pointer);

        double worst = 0, worstSlope = 0;
        for (int j = 0; j < Count; j++)
        {
            double at = x[0, j], distribution = 0.5 * SpecialFunctions.Erfc(-at / Math.Sqrt(2)), density = Math.Exp(-at * at / 2) / Math.Sqrt(2 * Math.PI);
            double value = at * distribution;
            worst = Math.Max(worst, Math.Abs(y[0, j] - value) / Math.Max(Math.Abs(value), 1e-30));
            worstSlope = Math.Max(worstSlope, Math.Abs(slope[0, j] - (distribution + at * density)));
        }
        worst.Should().BeLessThan(1e-5, "the rounding of x² / 2 before the exponential is what remains far out");
        worstSlope.Should().BeLessThan(5e-7);
    }

    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void Near_zero_the_error_is_of_the_last_places(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        const int Count = 4096;
        using Matrix x = new(1, Count, Count, (_, j) => (j - Count / 2) / 1024f), y = new(1, Count, Count, (_, j) => x[0, j]);
        kernels.Activate(Activation.Gelu, y.Pointer, Count, null);
        y.Difference((_, j) => x[0, j] * 0.5 * SpecialFunctions.Erfc(-x[0, j] / Math.Sqrt(2))).Should().BeLessThan(4e-7);
    }

    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void A_value_that_is_not_a_number_stays_one(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        using Matrix y = new(1, 32, 32, (_, j) => j == 3 ? float.NaN : j);
        kernels.Activate(Activation.Gelu, y.Pointer, 32, null);
        float.IsNaN(y[0, 3]).Should().BeTrue();
        y[0, 2].Should().BeApproximately(1.9544997f, 1e-6f); // 2 · Φ(2)
    }
}
