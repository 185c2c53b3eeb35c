namespace Microsoft.ML.SoftPrompt.Tensors;

public unsafe class ActivationTests
{
    private const int Count = 1 << 15;

    /// <summary>The definition in doubles, and its derivative by a formula of its own.</summary>
    private static (double Value, double Slope) Reference(Activation function, double x)
    {
        if (function == Activation.Silu)
        {
            double share = 1 / (1 + Math.Exp(-x));
            return (x * share, share + x * share * (1 - share));
        }
        double z = Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x), t = Math.Tanh(z);
        // 1 + tanh z loses its places far on the left; 2 / (1 + e^(−2z)) is the same.
        return (x / (1 + Math.Exp(-2 * z)), 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * Math.Sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x));
    }

    public static IEnumerable<object[]> Functions() =>
        new[] { Activation.GeluTanh, Activation.Silu }.SelectMany(function => Enumerable.Range(0, Kernels.Supported().Count).Select(width => new object[] { (int)function, width }));

    [Theory]
    [MemberData(nameof(Functions))]
    public void Values_and_slopes_are_those_of_doubles(int function, int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        using Matrix x = new(1, Count, Count, (_, j) => (j - Count / 2) * (9f / (Count / 2))), y = new(1, Count, Count, (_, j) => x[0, j]), slope = new(1, Count, Count, (_, _) => 0);
        kernels.Activate((Activation)function, y.Pointer, Count, slope.Pointer);
        slope.Difference((_, j) => Reference((Activation)function, x[0, j]).Slope).Should().BeLessThan(2.5e-6);
        double worst = 0;
        for (int j = 0; j < Count; j++)
        {
            double value = Reference((Activation)function, x[0, j]).Value;
            // The rounding of the logistic function's argument, which reaches ±70, is what remains.
            worst = Math.Max(worst, Math.Abs(y[0, j] - value) / Math.Max(Math.Abs(value), 1e-30));
        }
        worst.Should().BeLessThan(1.5e-5);
        using Matrix alone = new(1, Count, Count, (_, j) => x[0, j]);
        kernels.Activate((Activation)function, alone.Pointer, Count, null);
        alone.Difference((_, j) => y[0, j]).Should().Be(0);
    }

    [Theory]
    [InlineData((int)Activation.Gelu)]
    [InlineData((int)Activation.GeluTanh)]
    [InlineData((int)Activation.Silu)]
    public void Far_out_values_are_the_argument_or_nothing_and_what_is_no_number_stays_none(int function)
    {
        foreach (Kernels kernels in Kernels.Supported())
        {
            using Matrix x = new(1, 32, 32, (_, j) => j switch { 0 => 1e6f, 1 => -1e6f, 2 => float.NaN, _ => 0 }), slope = new(1, 32, 32, (_, _) => 9);
            kernels.Activate((Activation)function, x.Pointer, 32, slope.Pointer);
            (x[0, 0], slope[0, 0]).Should().Be((1e6f, 1f));
            x[0, 1].Should().BeInRange(-1e-30f, 0);
            slope[0, 1].Should().BeInRange(-1e-20f, 1e-20f);
            float.IsNaN(x[0, 2]).Should().BeTrue();
            x[0, 3].Should().Be(0);
            slope[0, 3].Should().BeApproximately(0.5f, 1e-7f);
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_gate_is_the_activation_times_the_other_factor(int function, int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        using Matrix start = Matrix.Random(1, 128, 128, 1, 4), factor = Matrix.Random(1, 128, 128, 2);
        using Matrix gate = new(1, 128, 128, (_, j) => start[0, j]), up = new(1, 128, 128, (_, j) => factor[0, j]), slope = new(1, 128, 128, (_, _) => 0);
        kernels.ActivateGate((Activation)function, gate.Pointer, up.Pointer, 128, slope.Pointer);
        up.Difference((_, j) => Reference((Activation)function, start[0, j]).Value * factor[0, j]).Should().BeLessThan(1e-6);
        gate.Difference((_, j) => Reference((Activation)function, start[0, j]).Value).Should().BeLessThan(1e-6);
        slope.Difference((_, j) => Reference((Activation)function, start[0, j]).Slope * factor[0, j]).Should().BeLessThan(1e-6);
    }
}
