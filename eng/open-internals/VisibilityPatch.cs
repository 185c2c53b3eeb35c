using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Microsoft.ML.SoftPrompt.OpenInternals;

/// <summary>
/// Makes internal types and members of an assembly public by overwriting their flags in the image's metadata tables (ECMA-335, II.22): TypeDef (flags
/// first, 4 bytes), Field (flags first, 2 bytes), MethodDef (flags after the 4 bytes of the RVA and the 2 of the implementation flags). Nothing moves,
/// so the copy compiles like the original; its strong name no longer holds, which a compiler does not ask about.
/// </summary>
internal static class VisibilityPatch
{
    private const int MethodFlagsOffset = sizeof(uint) + sizeof(ushort);

    public static byte[] Apply(byte[] image, InternalsList wanted)
    {
        byte[] patched = (byte[])image.Clone();
        using var pe = new PEReader(ImmutableArray.Create(image));
        if (!pe.HasMetadata)
            throw new BadImageFormatException("One of the references is no managed assembly: it holds no metadata to open.");
        MetadataReader reader = pe.GetMetadataReader();
        int start = pe.PEHeaders.MetadataStartOffset;

        Span<byte> Row(TableIndex table, EntityHandle handle)
        {
            int size = reader.GetTableRowSize(table);
            return patched.AsSpan(start + reader.GetTableMetadataOffset(table) + ((MetadataTokens.GetRowNumber(handle) - 1) * size), size);
        }

        foreach (TypeDefinitionHandle typeHandle in reader.TypeDefinitions)
        {
            TypeDefinition type = reader.GetTypeDefinition(typeHandle);
            string name = FullName(reader, type);
            if (!wanted.Opens(name))
                continue;
            BinaryPrimitives.WriteUInt32LittleEndian(Row(TableIndex.TypeDef, typeHandle), (uint)Opened(type.Attributes));
            foreach (FieldDefinitionHandle handle in type.GetFields())
            {
                FieldDefinition field = reader.GetFieldDefinition(handle);
                if (wanted.Opens(name, reader.GetString(field.Name)))
                    BinaryPrimitives.WriteUInt16LittleEndian(Row(TableIndex.Field, handle), (ushort)Opened(field.Attributes));
            }

            foreach (MethodDefinitionHandle handle in type.GetMethods())
            {
                MethodDefinition method = reader.GetMethodDefinition(handle);
                if (wanted.Opens(name, reader.GetString(method.Name)))
                    BinaryPrimitives.WriteUInt16LittleEndian(Row(TableIndex.MethodDef, handle)[MethodFlagsOffset..], (ushort)Opened(method.Attributes));
            }
        }

        return patched;
    }

    private static string FullName(MetadataReader reader, TypeDefinition type)
    {
        string name = reader.GetString(type.Name);
        if (type.GetDeclaringType() is { IsNil: false } outer)
            return FullName(reader, reader.GetTypeDefinition(outer)) + "+" + name;
        return type.Namespace.IsNil ? name : reader.GetString(type.Namespace) + "." + name;
    }

    private static TypeAttributes Opened(TypeAttributes flags) => (flags & TypeAttributes.VisibilityMask) switch
    {
        TypeAttributes.NotPublic => With(flags, TypeAttributes.Public),
        TypeAttributes.NestedAssembly or TypeAttributes.NestedFamANDAssem or TypeAttributes.NestedFamORAssem => With(flags, TypeAttributes.NestedPublic),
        _ => flags,
    };

    private static TypeAttributes With(TypeAttributes flags, TypeAttributes visibility) => (flags & ~TypeAttributes.VisibilityMask) | visibility;

    private static FieldAttributes Opened(FieldAttributes flags) => (flags & FieldAttributes.FieldAccessMask) switch
    {
        FieldAttributes.Assembly or FieldAttributes.FamANDAssem => (flags & ~FieldAttributes.FieldAccessMask) | FieldAttributes.Public,
        _ => flags,
    };

    private static MethodAttributes Opened(MethodAttributes flags) => (flags & MethodAttributes.MemberAccessMask) switch
    {
        MethodAttributes.Assembly or MethodAttributes.FamANDAssem => (flags & ~MethodAttributes.MemberAccessMask) | MethodAttributes.Public,
        _ => flags,
    };
}
