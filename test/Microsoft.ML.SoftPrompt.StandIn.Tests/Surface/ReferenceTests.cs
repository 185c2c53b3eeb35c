using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Surface;

/// <summary>What compiles against the stand-in compiles and runs with ML.NET: the product names nothing that is not in the listings.</summary>
public sealed class ReferenceTests
{
    public static TheoryData<string> ProductAssemblies => [.. StandIn.ProductAssemblyNames];

    [Theory]
    [MemberData(nameof(ProductAssemblies))]
    public void TheProductRefersToPublicMembersAndListedInternalsOnly(string assembly) => Unlisted(StandIn.Load(assembly).Location).Should().BeEmpty();

    [Fact]
    public void AReferenceToAnUnlistedInternalIsSeen()
    {
        // ML.NET's own assemblies use far more internals of one another than the product may.
        Unlisted(StandIn.Load("Microsoft.ML.Data").Location).Should().NotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(ProductAssemblies))]
    public void TheProductLetsNoAssemblyOfMLNetIn(string assembly) => Friends(assembly).Should().NotIntersectWith(StandIn.AssemblyNames);

    [SkippableFact]
    public void TheStandInLetsOnlyItsOwnAssembliesIn()
    {
        StandIn.Require();

        StandIn.AssemblyNames.SelectMany(Friends).Should().BeSubsetOf(StandIn.AssemblyNames);
    }

    private static IEnumerable<string> Unlisted(string path)
    {
        ApiListing listing = ApiListing.OfAllThatMayBeUsed();
        return UsedMembers.Of(path).Where(line => TypeLine.TryParse(line) is null ? !listing.HasMember(line) : listing.FindType(line) is null);
    }

    private static IEnumerable<string> Friends(string assembly) => StandIn.Load(assembly).GetCustomAttributes(typeof(InternalsVisibleToAttribute), false)
        .Cast<InternalsVisibleToAttribute>().Select(attribute => attribute.AssemblyName.Split(',')[0]);
}
