using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Packages;

/// <summary>What the packages hold and say of themselves.</summary>
[Trait("Category", "Long")]
[Collection(nameof(PackedRepository))]
public sealed class PackageContentTests(PackedRepository packed)
{
    public static TheoryData<string> All => [.. PackedRepository.Libraries, PackedRepository.Tool];

    [Theory]
    [MemberData(nameof(All))]
    public void APackageHasAnIconAReadmeALicenceAndAMark(string package)
    {
        XElement metadata = packed.Metadata(package);
        using ZipArchive archive = packed.Open(package);
        string[] files = [.. archive.Entries.Select(entry => entry.FullName)];

        files.Should().Contain(metadata.Element("icon")!.Value).And.Contain(metadata.Element("readme")!.Value);
        XElement license = metadata.Element("license")!;
        license.Attribute("type")!.Value.Should().Be("expression");
        license.Value.Should().StartWith("MIT");
        foreach (string _ in license.Value.Split(" AND ").Skip(1))
            files.Should().Contain(file => file.StartsWith("licenses/", StringComparison.Ordinal)).And.Contain("THIRD-PARTY-NOTICES.md");
        metadata.Element("repository")!.Attribute("type")!.Value.Should().Be("git");

        string description = metadata.Element("description")!.Value;
        if (StandIn.Serves)
        {
            packed.Version.Should().EndWith("-standin");
            description.Should().StartWith("NOT FOR PUBLISHING");
        }
        else
        {
            packed.Version.Should().NotContain("-");
            description.Should().NotContain("PUBLISHING");
        }
    }

    [Fact]
    public void TheToolHasTheLicencesOfWhatItCarries()
    {
        using ZipArchive archive = packed.Open(PackedRepository.Tool);

        foreach (string file in new[] { "OpenTelemetry/LICENSE.TXT", "OpenTelemetry/THIRD-PARTY-NOTICES.TXT", "Microsoft.AspNetCore.OpenApi/THIRD-PARTY-NOTICES.TXT", "Polly.Core/LICENSE", "uPlot/uPlot.LICENSE", "all-MiniLM-L6-v2/LICENSE", "water-flow/LICENSE" })
            archive.Entries.Should().Contain(entry => entry.FullName == $"licenses/{file}" && entry.Length > 0);
    }

    [Theory]
    [InlineData("Microsoft.ML.SoftPrompt", "Microsoft.ML.SoftPrompt.Core", "Microsoft.ML")]
    [InlineData("Microsoft.ML.SoftPrompt.Core", "MathNet.Numerics", "Microsoft.ML.Tokenizers")]
    [InlineData("Microsoft.ML.SoftPrompt.MiniLM", "Microsoft.ML.SoftPrompt.Core")]
    [InlineData("Microsoft.ML.SoftPrompt.AspNetCore", "Microsoft.ML.SoftPrompt")]
    [InlineData(PackedRepository.Tool)]
    public void APackageDependsOnWhatItNeedsAlone(string package, params string[] expected)
    {
        XElement metadata = packed.Metadata(package);

        var dependencies = metadata.Descendants("dependency").ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);
        dependencies.Keys.Should().BeEquivalentTo(expected);
        // They use each other's internals.
        foreach (string own in expected.Where(PackedRepository.Libraries.Contains))
            dependencies[own].Should().Be($"[{packed.Version}]");
        foreach (string mlNet in expected.Where(id => id is "Microsoft.ML" or "Microsoft.ML.Tokenizers"))
            dependencies[mlNet].Split('.').Should().HaveCount(StandIn.Serves ? 4 : 3);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void APackageHoldsItsAssemblyAloneWithDocumentsAndSymbolsThatNameNoFolderOfThisMachine(string package)
    {
        bool tool = package == PackedRepository.Tool;
        string folder = tool ? "tools/net10.0/any" : "lib/net10.0", assembly = tool ? "softprompt" : package;
        using ZipArchive archive = packed.Open(package), symbols = packed.Open(package, "snupkg");

        if (!tool)
            archive.Entries.Select(entry => entry.FullName).Where(name => name.StartsWith("lib/", StringComparison.Ordinal))
                .Should().BeEquivalentTo($"{folder}/{assembly}.dll", $"{folder}/{assembly}.xml");

        using var pdb = new MemoryStream();
        using (Stream stream = symbols.GetEntry($"{folder}/{assembly}.pdb")!.Open())
            stream.CopyTo(pdb);
        pdb.Position = 0;
        using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(pdb);
        MetadataReader reader = provider.GetMetadataReader();
        string[] sources = [.. reader.Documents.Select(handle => reader.GetString(reader.GetDocument(handle).Name))];
        sources.Should().NotBeEmpty();
        // Sources are mapped to /_/; what the compiler generated lies where it was built, and is embedded.
        sources.Should().NotContain(source => source.StartsWith(StandIn.RepositoryRoot, StringComparison.Ordinal));
    }
}
