namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The number types of the safetensors format.</summary>
internal static class NumberTypes
{
    private static readonly Dictionary<string, int> s_sizes = new(StringComparer.Ordinal)
    {
        ["BOOL"] = 1, ["U8"] = 1, ["I8"] = 1, ["F8_E5M2"] = 1, ["F8_E4M3"] = 1,
        ["U16"] = 2, ["I16"] = 2, ["F16"] = 2, ["BF16"] = 2,
        ["U32"] = 4, ["I32"] = 4, ["F32"] = 4,
        ["U64"] = 8, ["I64"] = 8, ["F64"] = 8,
    };

    /// <summary>Bytes of a number, 0 for an unknown type.</summary>
    public static int SizeOf(string type) => s_sizes.GetValueOrDefault(type);

    /// <summary>All names, for messages.</summary>
    public static string Names => string.Join(", ", s_sizes.Keys);
}
