using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Tests;

/// <summary>What users can name, in an approved file: a change of it is seen in the change of the file.</summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public void The_public_surface_is_the_approved_one() => PublicSurface.ShouldBeApproved(Path.GetDirectoryName(ThisFile())!, typeof(SoftPromptModelOptions));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
