using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Packages;

/// <summary>A repository reduced to its build files, stand-ins that are all but empty and one project: restored, edited and restored again.</summary>
[Trait("Category", "Long")]
public sealed partial class StandInRestoreTests
{
    private const string Probe = """
        <Project Sdk="Microsoft.NET.Sdk">
          <ItemGroup>
            <PackageReference Include="Microsoft.ML" />
            <PackageReference Include="Microsoft.ML.Tokenizers" />
          </ItemGroup>
        </Project>
        """;

    [SkippableFact]
    public void AnEditOfTheStandInGivesANewVersionPurgesTheOldOneAndRedoesTheRestore()
    {
        StandIn.Require();
        using var clone = new TemporaryFolder();
        CopyBuildFiles(StandIn.RepositoryRoot, clone.Path);
        foreach (string name in StandIn.AssemblyNames)
            File.WriteAllText(clone[$"eng/mlnet-standin/{name}/Source.cs"], $"namespace {name}; public static class Source;\n");
        Directory.CreateDirectory(clone["src/Probe"]);
        File.WriteAllText(clone["src/Probe/Probe.csproj"], Probe);

        string first = Restore(clone);
        File.AppendAllText(clone["eng/mlnet-standin/Microsoft.ML.Tokenizers/Source.cs"], "// an edit\n");
        // A lower number in the packages folder, as another clone with the same folder may leave one: NuGet would prefer it.
        Directory.CreateDirectory(clone["packages/microsoft.ml/5.0.0.1"]);
        File.WriteAllText(clone["packages/microsoft.ml/5.0.0.1/microsoft.ml.nuspec"], "");
        string second = Restore(clone);

        second.Should().NotBe(first);
        Feed(clone).Should().Equal($"Microsoft.ML.5.0.0.{second}.nupkg", $"Microsoft.ML.Tokenizers.2.0.0.{second}.nupkg");

        Directory.EnumerateDirectories(clone["packages/microsoft.ml"]).Select(Path.GetFileName).Should().Equal($"5.0.0.{second}");

        // Nothing to do: the packages stay as they are.
        DateTime packed = File.GetLastWriteTimeUtc(clone[$"eng/feed/Microsoft.ML.5.0.0.{second}.nupkg"]);
        Restore(clone).Should().Be(second);
        File.GetLastWriteTimeUtc(clone[$"eng/feed/Microsoft.ML.5.0.0.{second}.nupkg"]).Should().Be(packed);

        using ZipArchive package = ZipFile.OpenRead(clone[$"eng/feed/Microsoft.ML.5.0.0.{second}.nupkg"]);
        package.Entries.Select(entry => entry.FullName).Where(name => name.EndsWith(".dll", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Should().Equal(
            "lib/net10.0/Microsoft.ML.Core.dll", "lib/net10.0/Microsoft.ML.Data.dll", "lib/net10.0/Microsoft.ML.DataView.dll", "lib/net10.0/Microsoft.ML.Transforms.dll");
        Directory.Exists(clone["artifacts/stand-in"]).Should().BeTrue();
        Directory.EnumerateFileSystemEntries(clone["artifacts/stand-in"]).Should().BeEmpty("a pack cleans up behind itself");
    }

    private static string Restore(TemporaryFolder clone)
    {
        var (exitCode, output) = Dotnet.Run(clone.Path, ["restore", "src/Probe/Probe.csproj"], ("NUGET_PACKAGES", clone["packages"]));
        exitCode.Should().Be(0, output);
        string assets = File.ReadAllText(clone["src/Probe/obj/project.assets.json"]);
        string version = Resolved().Match(assets).Groups[1].Value;
        assets.Should().Contain($"\"Microsoft.ML.Tokenizers/2.0.0.{version}\"");
        return version;
    }

    private static IEnumerable<string> Feed(TemporaryFolder clone) =>
        Directory.EnumerateFiles(clone["eng/feed"], "*.nupkg").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    private static void CopyBuildFiles(string from, string to)
    {
        foreach (string path in Directory.EnumerateFiles(from).Concat(Directory.EnumerateFiles(Path.Combine(from, "eng"), "*", SearchOption.AllDirectories)))
        {
            string relative = Path.GetRelativePath(from, path);
            if (relative.Split('/', '\\').Any(part => part is "bin" or "obj") || Path.GetExtension(path) is ".nupkg" or ".cs" || Path.GetFileName(path) == ".git")
                continue;
            string target = Path.Combine(to, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }

    [GeneratedRegex(@"""Microsoft\.ML/5\.0\.0\.(\d+)""")]
    private static partial Regex Resolved();
}
