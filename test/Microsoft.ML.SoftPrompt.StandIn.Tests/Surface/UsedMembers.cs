using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Surface;

/// <summary>The types and members of ML.NET that a built assembly refers to, read from its metadata.</summary>
internal static class UsedMembers
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Gives a line in the form of the listings for each reference; one that cannot be resolved gives a line that says so.</summary>
    public static IEnumerable<string> Of(string assemblyPath)
    {
        using var pe = new PEReader(File.OpenRead(assemblyPath));
        MetadataReader reader = pe.GetMetadataReader();
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (TypeReferenceHandle handle in reader.TypeReferences)
        {
            if (TypeOf(reader, handle) is { } type)
                lines.Add(ApiLine.Of(type, withInternalBases: true));
        }

        foreach (MemberReferenceHandle handle in reader.MemberReferences)
        {
            MemberReference reference = reader.GetMemberReference(handle);
            if (DeclaringType(reader, reference.Parent) is { } type && !ApiLine.IsDelegate(type))
                lines.Add(LineOf(reader, reference, type));
        }

        return lines;
    }

    private static string LineOf(MetadataReader reader, MemberReference reference, Type type)
    {
        string name = reader.GetString(reference.Name);
        bool isField = reference.GetKind() == MemberReferenceKind.Field;
        string signature = isField ? "" : SignatureText.Of(reference.DecodeMethodSignature(new SignatureText(), null));
        for (Type? t = type; t is not null; t = t.BaseType is { IsGenericType: true } b ? b.GetGenericTypeDefinition() : t.BaseType)
        {
            MemberInfo? member = t.GetMember(name, Declared).FirstOrDefault(m => isField ? m is FieldInfo : m is MethodBase x && SignatureText.Of(x) == signature);
            if (member is not null)
                return ApiLine.Of(OwnerOf(t, member));
        }

        return $"{type.Assembly.GetName().Name} | {type} | has no member {name}{signature}";
    }

    // Accessors stand in the listings under their property or event.
    private static MemberInfo OwnerOf(Type type, MemberInfo member) => member is not MethodInfo { IsSpecialName: true } accessor
        ? member
        : (MemberInfo?)type.GetProperties(Declared).FirstOrDefault(p => p.GetMethod == accessor || p.SetMethod == accessor)
            ?? (MemberInfo?)type.GetEvents(Declared).FirstOrDefault(e => e.AddMethod == accessor || e.RemoveMethod == accessor)
            ?? member;

    private static Type? DeclaringType(MetadataReader reader, EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeReference => TypeOf(reader, (TypeReferenceHandle)parent),
        HandleKind.TypeSpecification => GenericTypeOf(reader, (TypeSpecificationHandle)parent),
        _ => null,
    };

    private static Type? GenericTypeOf(MetadataReader reader, TypeSpecificationHandle handle)
    {
        BlobReader blob = reader.GetBlobReader(reader.GetTypeSpecification(handle).Signature);
        if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
            return null;
        blob.ReadCompressedInteger(); // class or value type
        EntityHandle definition = blob.ReadTypeHandle();
        return definition.Kind == HandleKind.TypeReference ? TypeOf(reader, (TypeReferenceHandle)definition) : null;
    }

    /// <summary>Resolves a reference into one of ML.NET's assemblies; null for any other.</summary>
    private static Type? TypeOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        string name = SignatureText.NameOf(reader, handle);
        TypeReference reference = reader.GetTypeReference(handle);
        while (reference.ResolutionScope.Kind == HandleKind.TypeReference)
            reference = reader.GetTypeReference((TypeReferenceHandle)reference.ResolutionScope);
        if (reference.ResolutionScope.Kind != HandleKind.AssemblyReference)
            return null;
        string assembly = reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)reference.ResolutionScope).Name);
        return StandIn.AssemblyNames.Contains(assembly) ? StandIn.Load(assembly).GetType(name, throwOnError: true) : null;
    }
}
