using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt;

/// <summary>The test assembly as a program: what a test runs as a process of its own, with other settings of the runtime.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is not [VectorWidthTests.Verb])
        {
            Console.Error.WriteLine($"Usage: dotnet {Path.GetFileName(typeof(Program).Assembly.Location)} {VectorWidthTests.Verb}; the tests themselves run with dotnet test.");
            return 2;
        }
        VectorWidthTests.PrintErrors();
        return 0;
    }
}
