using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.ML.SoftPrompt.OpenInternals;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.OpenInternals;

/// <summary>Tried on a signed assembly for .NET Standard that others built, as ML.NET's are.</summary>
public sealed class VisibilityPatchTests
{
    private static readonly byte[] Original = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "xunit.execution.dotnet.dll"));

    [Fact]
    public void TheAssemblyTriedIsSigned()
    {
        using var pe = new PEReader(new MemoryStream(Original));

        pe.PEHeaders.CorHeader!.Flags.Should().HaveFlag(CorFlags.StrongNameSigned);
    }

    [Fact]
    public void AnInternalTypeBecomesPublicAndNoOtherByteChanges()
    {
        string type = Types(Original).First(t => t.Value == TypeAttributes.NotPublic && !t.Key.Contains('+') && t.Key.StartsWith("Xunit", StringComparison.Ordinal)).Key;

        byte[] opened = VisibilityPatch.Apply(Original, InternalsList.Parse("list", [type + "::NoSuchMember"]));

        Types(opened)[type].Should().Be(TypeAttributes.Public);
        Different(Original, opened).Should().Be(1);
    }

    [Fact]
    public void NothingListedChangesNothing() => VisibilityPatch.Apply(Original, InternalsList.Parse("list", ["# a remark", ""])).Should().Equal(Original);

    [Fact]
    public void InternalMembersOfAListedTypeBecomePublicAndPrivateOnesStay()
    {
        (string type, MethodAttributes[] before) = Methods(Original).First(t => t.Value.Contains(MethodAttributes.Assembly) && t.Value.Contains(MethodAttributes.Private));

        MethodAttributes[] after = Methods(VisibilityPatch.Apply(Original, InternalsList.Parse("list", [type])))[type];

        after.Should().Equal(before.Select(access => access == MethodAttributes.Assembly ? MethodAttributes.Public : access));
    }

    [Fact]
    public void NestedTypesAreNamedOnTheirOwn()
    {
        (string type, _) = Types(Original).First(t => t.Value == TypeAttributes.NestedAssembly && t.Key.StartsWith("Xunit", StringComparison.Ordinal));

        Types(VisibilityPatch.Apply(Original, InternalsList.Parse("list", [type.Split('+')[0]])))[type].Should().Be(TypeAttributes.NestedAssembly);
        Types(VisibilityPatch.Apply(Original, InternalsList.Parse("list", [type])))[type].Should().Be(TypeAttributes.NestedPublic);
    }

    [Fact]
    public void ANameThatNoAssemblyHasIsRefused()
    {
        InternalsList list = InternalsList.Parse("InternalsUsed.txt", ["Xunit.Sdk.NoSuchType", "Xunit.Sdk.NorThis::Member"]);
        VisibilityPatch.Apply(Original, list);

        list.Invoking(l => l.ThrowIfAnyWasNotFound(["xunit.execution.dotnet.dll"])).Should().Throw<FormatException>()
            .WithMessage("'Xunit.Sdk.NoSuchType', 'Xunit.Sdk.NorThis::Member' named in InternalsUsed.txt is in none of xunit.execution.dotnet.dll: correct the name, or take the line out.");
    }

    private static int Different(byte[] a, byte[] b) => a.Zip(b).Count(pair => pair.First != pair.Second);

    private static Dictionary<string, TypeAttributes> Types(byte[] image)
    {
        using var pe = new PEReader(new MemoryStream(image));
        MetadataReader reader = pe.GetMetadataReader();
        return reader.TypeDefinitions.ToDictionary(handle => NameOf(reader, handle), handle => reader.GetTypeDefinition(handle).Attributes & TypeAttributes.VisibilityMask);
    }

    private static Dictionary<string, MethodAttributes[]> Methods(byte[] image)
    {
        using var pe = new PEReader(new MemoryStream(image));
        MetadataReader reader = pe.GetMetadataReader();
        return reader.TypeDefinitions.ToDictionary(handle => NameOf(reader, handle), handle => reader.GetTypeDefinition(handle).GetMethods()
            .Select(method => reader.GetMethodDefinition(method).Attributes & MethodAttributes.MemberAccessMask).ToArray());
    }

    private static string NameOf(MetadataReader reader, TypeDefinitionHandle handle)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        string name = reader.GetString(type.Name);
        return type.GetDeclaringType() is { IsNil: false } outer ? NameOf(reader, outer) + "+" + name : reader.GetString(type.Namespace) + "." + name;
    }
}
