using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Packages;

/// <summary>
/// The packages of this repository, packed once into a folder of their own, and projects that install them: those share a packages folder of
/// their own too, and restore from the packed packages and from what the clone has already unpacked; unless they say so, no feed is asked.
/// </summary>
public sealed class PackedRepository : IDisposable
{
    public static readonly string[] Libraries =
        ["Microsoft.ML.SoftPrompt", "Microsoft.ML.SoftPrompt.Core", "Microsoft.ML.SoftPrompt.MiniLM", "Microsoft.ML.SoftPrompt.AspNetCore"];

    public const string Tool = "Microsoft.ML.SoftPrompt.Tool";

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<string> _version;

    public PackedRepository() => _version = new Lazy<string>(Pack);

    /// <summary>Gets the packages' version; the first to ask packs.</summary>
    public string Version => _version.Value;

    public string Packages => _folder["packages"];

    /// <summary>Gets the NuGet.config of the projects.</summary>
    public string Config => _folder["projects/NuGet.config"];

    public (string, string) PackagesFolder => ("NUGET_PACKAGES", _folder["unpacked"]);

    /// <summary>Makes a project's folder.</summary>
    /// <param name="name">The project's.</param>
    /// <param name="project">Its project file, where VERSION stands for the packages' version.</param>
    /// <param name="source">Its one source file.</param>
    /// <param name="feeds">Whether it may ask the machine's feeds too, for what the clone never unpacked.</param>
    /// <returns>The folder.</returns>
    public string Project(string name, string project, string source, bool feeds = false)
    {
        string folder = _folder[$"{(feeds ? "projects-with-feeds" : "projects")}/{name}"];
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"{name}.csproj"), project.Replace("VERSION", Version, StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(folder, "Source.cs"), source);
        return folder;
    }

    /// <summary>Runs dotnet in a project's folder, which has to succeed.</summary>
    /// <returns>What it printed.</returns>
    public string Run(string folder, params string[] arguments)
    {
        var (exitCode, output) = Dotnet.Run(folder, arguments, PackagesFolder);
        exitCode.Should().Be(0, output);
        return output;
    }

    /// <summary>Skips a test where a restore failed because no feed has a package, or none was reached (NU1101, NU1102, NU1301 and their like).</summary>
    public static void SkipWithoutFeed(int exitCode, string output, string package) =>
        Skip.If(exitCode != 0 && output.Contains("error NU1", StringComparison.Ordinal), $"No configured feed has {package}, or none was reached.");

    public ZipArchive Open(string package, string extension = "nupkg") => ZipFile.OpenRead(Path.Combine(Packages, $"{package}.{Version}.{extension}"));

    /// <summary>Gives what a package says of itself.</summary>
    public XElement Metadata(string package)
    {
        using ZipArchive archive = Open(package);
        using Stream stream = archive.GetEntry($"{package}.nuspec")!.Open();
        XElement root = XElement.Load(stream);
        foreach (XElement element in root.DescendantsAndSelf())
            element.Name = element.Name.LocalName;
        return root.Element("metadata")!;
    }

    public void Dispose() => _folder.Dispose();

    private string Pack()
    {
        string[] standIn = StandIn.Serves ? ["-p:PackAgainstStandIn=true"] : [];
        // What it builds on the way lies here too: the clone's own folders are in use by the tests that run beside this one.
        // The packages' projects alone: a pack of the solution compiles the tests too.
        File.WriteAllText(_folder["src.slnf"], JsonSerializer.Serialize(new
        {
            solution = new { path = Path.Combine(StandIn.RepositoryRoot, "Microsoft.ML.SoftPrompt.sln"), projects = (string[])[.. Libraries.Append(Tool).Select(name => $"src/{name}/{name}.csproj")] },
        }));
        var (exitCode, output) = Dotnet.Run(StandIn.RepositoryRoot,
            ["pack", _folder["src.slnf"], .. standIn, "--artifacts-path", _folder["built"], $"-p:PackageOutputPath={Packages}/"]);
        exitCode.Should().Be(0, output);
        output.Should().NotContain("warning ");

        Configure("projects", "<clear />");
        Configure("projects-with-feeds", "");

        string prefix = Path.Combine(Packages, "Microsoft.ML.SoftPrompt.Core.");
        return Directory.EnumerateFiles(Packages, "*.nupkg").Single(path => path.StartsWith(prefix, StringComparison.Ordinal))[prefix.Length..^".nupkg".Length];
    }

    private void Configure(string folder, string others)
    {
        Directory.CreateDirectory(_folder[folder]);
        File.WriteAllText(_folder[$"{folder}/NuGet.config"], $"""
            <configuration>
              <packageSources>
                {others}
                <add key="packed" value="{Packages}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="unpacked by the clone" value="{StandIn.PackagesFolder}" />
              </fallbackPackageFolders>
            </configuration>
            """);
        // The list of known vulnerabilities is a feed's.
        File.WriteAllText(_folder[$"{folder}/Directory.Build.props"], "<Project><PropertyGroup><NuGetAudit>false</NuGetAudit></PropertyGroup></Project>");
    }
}

[CollectionDefinition(nameof(PackedRepository))]
public sealed class PackedRepositoryGroup : ICollectionFixture<PackedRepository>;
