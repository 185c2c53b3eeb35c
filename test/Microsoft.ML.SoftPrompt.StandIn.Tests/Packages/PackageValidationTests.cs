namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Packages;

/// <summary>A library under the repository's own packing files: its baseline written, then a member added and a member removed.</summary>
[Trait("Category", "Long")]
public sealed class PackageValidationTests
{
    [Fact]
    public void AMemberThatTheBaselineHasMayNotGo()
    {
        using var clone = new TemporaryFolder();
        foreach (string path in (string[])["Directory.Build.props", "src/Directory.Build.props", "src/Directory.Build.targets", "eng/packing/packing.targets", "eng/packing/icon.png"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(clone[path])!);
            File.Copy(Path.Combine(StandIn.RepositoryRoot, path), clone[path]);
        }
        File.WriteAllText(clone["Directory.Build.targets"], "<Project />");
        Directory.CreateDirectory(clone["src/Probe"]);
        File.WriteAllText(clone["src/Probe/PACKAGE.md"], "# Probe\n");
        File.WriteAllText(clone["src/Probe/Probe.csproj"], """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><NoWarn>CS1591</NoWarn><NuGetAudit>false</NuGetAudit></PropertyGroup></Project>""");

        Write("public static int Kept() => 1; public static int Removed() => 2;");
        Run("build", "--configuration", "Release", "-t:WriteBaseline").Should().Be((0, ""));
        File.Exists(clone["eng/baseline/Probe.nupkg"]).Should().BeTrue();

        Write("public static int Kept() => 1; public static int Removed() => 2; public static int Added() => 3;");
        Run("pack").Should().Be((0, ""));

        Write("public static int Kept() => 1; public static int Added() => 3;");
        var (exitCode, errors) = Run("pack");
        exitCode.Should().NotBe(0);
        errors.Should().Contain("CP0002").And.Contain("Probe.Removed()").And.NotContain("Kept").And.NotContain("Added");

        void Write(string members) => File.WriteAllText(clone["src/Probe/Probe.cs"], $"namespace Probes; public static class Probe {{ {members} }}\n");

        (int, string) Run(params string[] arguments)
        {
            var (exitCode, output) = Dotnet.Run(clone["src/Probe"], arguments, ("NUGET_PACKAGES", clone["packages"]));
            return (exitCode, string.Join('\n', output.Split('\n').Where(line => line.Contains("error ", StringComparison.Ordinal) || line.Contains("warning ", StringComparison.Ordinal))));
        }
    }
}
