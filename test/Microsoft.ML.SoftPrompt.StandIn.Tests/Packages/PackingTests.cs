namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Packages;

/// <summary>A package of the product must name the real ML.NET.</summary>
public sealed class PackingTests
{
    [SkippableTheory]
    [InlineData("Microsoft.ML.SoftPrompt.Core")]
    [InlineData("Microsoft.ML.SoftPrompt")]
    public void PackingAgainstTheStandInIsRefused(string project)
    {
        StandIn.Require();
        using var folder = new TemporaryFolder();

        var (exitCode, output) = Dotnet.Run(StandIn.RepositoryRoot,
            ["pack", $"src/{project}/{project}.csproj", "--no-build", "--no-restore", "--configuration", StandIn.Configuration, "--output", folder.Path]);

        exitCode.Should().NotBe(0);
        output.Should().Contain("error SPP001").And.Contain($"{project} cannot be packed: it was built against the stand-in for ML.NET (5.0.0.");
        Directory.EnumerateFileSystemEntries(folder.Path).Should().BeEmpty();
    }
}
