using System.Text.Json;
using System.Text.Json.Serialization;

namespace Microsoft.ML.SoftPrompt.Persistence;

/// <summary>How the JSON in a model file is written and read: nothing unknown is skipped, nothing stands there twice, nothing required may be missing.</summary>
internal static class ModelJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        AllowDuplicateProperties = false,
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        IgnoreReadOnlyProperties = true,
        MaxDepth = 16,
        Converters = { new JsonStringEnumConverter() },
    };
}
