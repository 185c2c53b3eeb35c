using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Surface;

/// <summary>Writes a method's signature in one form, whether it comes from a reference in metadata or from reflection: overloads are told apart by it.</summary>
internal sealed class SignatureText : ISignatureTypeProvider<string, object?>
{
    public static string Of(MethodSignature<string> signature) =>
        $"`{signature.GenericParameterCount}({string.Join(", ", signature.ParameterTypes)}) -> {signature.ReturnType}";

    public static string Of(MethodBase method)
    {
        string result = method is MethodInfo { ReturnType: { } type } ? Of(type) : "System.Void";
        return $"`{(method.IsGenericMethod ? method.GetGenericArguments().Length : 0)}({string.Join(", ", method.GetParameters().Select(p => Of(p.ParameterType)))}) -> {result}";
    }

    public static string NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        TypeReference reference = reader.GetTypeReference(handle);
        string name = reader.GetString(reference.Name);
        if (reference.ResolutionScope.Kind == HandleKind.TypeReference)
            return NameOf(reader, (TypeReferenceHandle)reference.ResolutionScope) + "+" + name;
        return reference.Namespace.IsNil ? name : reader.GetString(reference.Namespace) + "." + name;
    }

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => NameOf(reader, handle);

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        reader.GetString(reader.GetTypeDefinition(handle).Name);

    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => "System." + typeCode;

    public string GetSZArrayType(string elementType) => elementType + "[]";

    public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{new string(',', shape.Rank - 1)}]";

    public string GetByReferenceType(string elementType) => elementType + "&";

    public string GetPointerType(string elementType) => elementType + "*";

    public string GetPinnedType(string elementType) => elementType;

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

    public string GetFunctionPointerType(MethodSignature<string> signature) => "fnptr";

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => $"{genericType}<{string.Join(", ", typeArguments)}>";

    public string GetGenericTypeParameter(object? genericContext, int index) => "!" + index;

    public string GetGenericMethodParameter(object? genericContext, int index) => "!!" + index;

    private static string Of(Type type)
    {
        if (type.IsGenericMethodParameter)
            return "!!" + type.GenericParameterPosition;
        if (type.IsGenericTypeParameter)
            return "!" + type.GenericParameterPosition;
        if (type.IsByRef)
            return Of(type.GetElementType()!) + "&";
        if (type.IsPointer)
            return Of(type.GetElementType()!) + "*";
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.IsGenericType)
            return $"{type.GetGenericTypeDefinition().FullName}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>";
        return type.FullName!;
    }
}
