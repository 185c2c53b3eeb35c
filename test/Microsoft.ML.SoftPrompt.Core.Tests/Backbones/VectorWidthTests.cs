using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// What processors with narrower vectors run, each in a process that has the wider instructions switched off: there the runtime compiles
/// everything without them, not only the kernels.
/// </summary>
public class VectorWidthTests
{
    /// <summary>The argument that makes the test assembly print its errors.</summary>
    internal const string Verb = "vector-widths";

    /// <summary>Largest error over largest magnitude; ten times what the kernels reach.</summary>
    private const double Accuracy = 1e-5;

    [SkippableTheory]
    [InlineData(nameof(Simd512), null)]
    [InlineData(nameof(Simd256), "DOTNET_EnableAVX512")]
    [InlineData(nameof(Simd128), "DOTNET_EnableAVX2")]
    [InlineData(nameof(SimdScalar), "DOTNET_EnableHWIntrinsic")]
    public void A_process_without_the_wider_vectors_runs_the_kernels_of_its_width(string kernels, string? switchedOff)
    {
        Skip.IfNot(Kernels.Supported().Any(width => NameOf(width) == kernels), $"This processor, or the settings of this process, have no vectors for {kernels}.");

        string[] lines = RunWithout(switchedOff);

        lines[0].Should().Be(kernels);
        lines.Should().HaveCount(3);
        foreach (string line in lines[1..])
            line.Split(' ')[1..].Should().OnlyContain(error => double.Parse(error, CultureInfo.InvariantCulture) < Accuracy, line);
    }

    /// <summary>Prints the kernels that this process runs, and the errors of hidden states and gradients of an encoder and a decoder.</summary>
    internal static void PrintErrors()
    {
        Console.WriteLine(NameOf(Kernels.Best));
        foreach (string family in (string[])["bert", "llama"])
        {
            FamilyCase golden = new(family, width: 0);
            (float[] hidden, float[] gradient) = golden.Pass();
            Console.WriteLine(FormattableString.Invariant($"{family} {golden.RelativeError(hidden, golden.Hidden)} {golden.RelativeError(gradient, golden.Gradient)}"));
        }
    }

    private static string NameOf(Kernels kernels) => kernels.GetType().GenericTypeArguments[0].Name;

    private static string[] RunWithout(string? instructions)
    {
        ProcessStartInfo start = new("dotnet", [typeof(VectorWidthTests).Assembly.Location, Verb]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (instructions is not null)
            start.Environment[instructions] = "0";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0, error.Result);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
