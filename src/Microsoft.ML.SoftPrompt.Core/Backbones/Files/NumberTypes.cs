using System.Runtime.InteropServices;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// The number types of weight files: those of safetensors, each number alone, and the quantized ones of GGUF, in blocks of numbers that
/// share their scales.
/// </summary>
internal static class NumberTypes
{
    private delegate void Widening(ReadOnlySpan<byte> bytes, Span<float> numbers);

    /// <summary>A type's block: its numbers and bytes, and how it becomes singles, for the types that weights are read from.</summary>
    private sealed record Block(int Numbers, int Bytes, Widening? Widen = null);

    private static readonly Dictionary<string, Block> s_blocks = new(StringComparer.Ordinal)
    {
        ["BOOL"] = new(1, 1), ["U8"] = new(1, 1), ["I8"] = new(1, 1), ["F8_E5M2"] = new(1, 1), ["F8_E4M3"] = new(1, 1),
        ["U16"] = new(1, 2), ["I16"] = new(1, 2), ["U32"] = new(1, 4), ["I32"] = new(1, 4), ["U64"] = new(1, 8), ["I64"] = new(1, 8), ["F64"] = new(1, 8),
        ["F32"] = new(1, 4, (bytes, numbers) => MemoryMarshal.Cast<byte, float>(bytes).CopyTo(numbers)),
        ["F16"] = new(1, 2, (bytes, numbers) => HalfPrecision.Widen(MemoryMarshal.Cast<byte, ushort>(bytes), numbers)),
        ["BF16"] = new(1, 2, (bytes, numbers) => HalfPrecision.WidenBrain(MemoryMarshal.Cast<byte, ushort>(bytes), numbers)),
        ["Q4_0"] = new(QuantizedBlocks.Small, 18, QuantizedBlocks.WidenQ4_0),
        ["Q4_1"] = new(QuantizedBlocks.Small, 20, QuantizedBlocks.WidenQ4_1),
        ["Q5_0"] = new(QuantizedBlocks.Small, 22, QuantizedBlocks.WidenQ5_0),
        ["Q5_1"] = new(QuantizedBlocks.Small, 24, QuantizedBlocks.WidenQ5_1),
        ["Q8_0"] = new(QuantizedBlocks.Small, 34, QuantizedBlocks.WidenQ8_0),
        ["Q4_K"] = new(QuantizedBlocks.Large, 144, QuantizedBlocks.WidenQ4_K),
        ["Q5_K"] = new(QuantizedBlocks.Large, 176, QuantizedBlocks.WidenQ5_K),
        ["Q6_K"] = new(QuantizedBlocks.Large, 210, QuantizedBlocks.WidenQ6_K),
    };

    /// <summary>The types of which weights are read, for messages.</summary>
    public static string WeightNames { get; } = string.Join(", ", s_blocks.Where(type => type.Value.Widen is not null).Select(type => type.Key));

    /// <summary>The types of safetensors, for messages.</summary>
    public static string SafetensorsNames { get; } = string.Join(", ", s_blocks.Where(type => type.Value.Numbers == 1).Select(type => type.Key));

    /// <summary>Bytes of a number of a safetensors type; 0 for another.</summary>
    public static int SizeOf(string type) => s_blocks.TryGetValue(type, out Block? block) && block.Numbers == 1 ? block.Bytes : 0;

    /// <summary>Whether weights are read from this type.</summary>
    public static bool IsWeight(string type) => s_blocks.TryGetValue(type, out Block? block) && block.Widen is not null;

    /// <summary>Numbers of a block, 1 for a type that stores each alone.</summary>
    public static int BlockNumbers(string type) => s_blocks[type].Numbers;

    /// <summary>Bytes of a block.</summary>
    public static int BlockBytes(string type) => s_blocks[type].Bytes;

    /// <summary>Bytes of that many numbers, a multiple of the block.</summary>
    public static long BytesOf(string type, long numbers) => numbers / BlockNumbers(type) * BlockBytes(type);

    /// <summary>Widens whole blocks of a type that weights are read from.</summary>
    public static void Widen(string type, ReadOnlySpan<byte> blocks, Span<float> numbers) => s_blocks[type].Widen!(blocks, numbers);
}
