using System.Reflection;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Surface;

/// <summary>The stand-in is nowhere wider than ML.NET, and asks of whoever implements its types all that ML.NET asks.</summary>
public sealed class SurfaceTests
{
    public static TheoryData<string> Assemblies => [.. StandIn.AssemblyNames];

    [SkippableTheory]
    [MemberData(nameof(Assemblies))]
    public void EveryPublicMemberIsInTheListingUnderTheSameSignature(string assembly)
    {
        StandIn.Require();
        ApiListing listing = ApiListing.Of(assembly);

        var unlisted = VisibleTypes(assembly).SelectMany(ApiLine.VisibleMembers).Select(ApiLine.Of).Where(line => !listing.HasMember(line));

        unlisted.Should().BeEmpty("ML.NET 5.0.0 has no such member");
    }

    [SkippableTheory]
    [MemberData(nameof(Assemblies))]
    public void EveryTypeIsOfTheListedKindAndHasOnlyListedBases(string assembly)
    {
        StandIn.Require();
        ApiListing listing = ApiListing.Of(assembly);
        var faults = new List<string>();
        foreach (string line in VisibleTypes(assembly).Select(type => ApiLine.Of(type)))
        {
            TypeLine own = TypeLine.TryParse(line)!;
            TypeLine? real = listing.FindType(line);
            if (real is null)
                faults.Add($"not in the listing: {line}");
            else if (own.Kind != real.Kind)
                faults.Add($"listed as '{real.Kind}': {line}");
            else
                faults.AddRange(own.Bases.Except(real.Bases).Select(extra => $"base {extra} is not in the listing: {own.Name}"));
        }

        faults.Should().BeEmpty();
    }

    [SkippableTheory]
    [MemberData(nameof(Assemblies))]
    public void NoMemberThatAnImplementerMustProvideIsMissing(string assembly)
    {
        StandIn.Require();
        string[] listed = [.. ApiListing.Of(assembly).Lines];
        var missing = new List<string>();
        foreach (Type type in VisibleTypes(assembly).Where(type => type.IsAbstract && !type.IsSealed))
        {
            string prefix = ApiLine.Of(type).Split(" | ")[1] + ".";
            var own = ApiLine.VisibleMembers(type).Select(ApiLine.Of).ToHashSet(StringComparer.Ordinal);
            missing.AddRange(listed.Where(line => !own.Contains(line) && TypeLine.TryParse(line) is null && IsMemberOf(line, prefix) &&
                (type.IsInterface || line.Split(" | ")[2].Contains("abstract ", StringComparison.Ordinal))));
        }

        missing.Should().BeEmpty("whoever derives from the type has to provide these with ML.NET itself");
    }

    [SkippableFact]
    public void NullableAnnotationsAreInTheTokenizersOnly()
    {
        StandIn.Require();

        StandIn.AssemblyNames.Where(name => HasNullableAnnotations(StandIn.Load(name))).Should().Equal("Microsoft.ML.Tokenizers");
    }

    [SkippableFact]
    public void AssembliesCarryTheVersionThatModelFilesName()
    {
        StandIn.Require();

        StandIn.AssemblyNames.Select(name => StandIn.Load(name).GetName().Version).Should().AllBeEquivalentTo(new Version(1, 0, 0, 0));
    }

    private static IEnumerable<Type> VisibleTypes(string assembly) => StandIn.Load(assembly).GetTypes().Where(ApiLine.IsVisible);

    // A member's own name holds no dot before its parameters; what holds one belongs to a nested type.
    private static bool IsMemberOf(string line, string prefix)
    {
        string name = line.Split(" | ")[1];
        return name.StartsWith(prefix, StringComparison.Ordinal) && !name[prefix.Length..].Split('(', '<', '[')[0].Contains('.');
    }

    private static bool HasNullableAnnotations(Assembly assembly) =>
        assembly.GetTypes().Any(type => type.GetCustomAttributesData().Any(a => a.AttributeType.FullName == "System.Runtime.CompilerServices.NullableContextAttribute"));
}
