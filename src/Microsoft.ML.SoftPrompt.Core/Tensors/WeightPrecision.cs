namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>How an engine keeps the matrices of a frozen model. Arithmetic is in single precision always.</summary>
public enum WeightPrecision
{
    /// <summary>As singles: 4 bytes a weight, nothing lost. The default.</summary>
    Full,

    /// <summary>As bfloat16, the upper half of a single rounded to nearest: 2 bytes a weight, each within 0.4 % of its value.</summary>
    BFloat16,

    /// <summary>
    /// As whole numbers from −127 to 127 with a scale for every 32 weights of an output: 1.125 bytes a weight, each within 0.4 % of the
    /// largest of its 32. For the way back of a training the matrices are kept as bfloat16 of these values.
    /// </summary>
    EightBit,
}

/// <summary>What a precision takes.</summary>
internal static class WeightPrecisions
{
    /// <summary>How the transposes of the way back are kept: 8 bits have their scales along a matrix' depth, which is the transpose's columns.</summary>
    public static WeightPrecision Transposed(this WeightPrecision precision) => precision == WeightPrecision.EightBit ? WeightPrecision.BFloat16 : precision;

    /// <summary>Bytes that so many weights take, padding apart.</summary>
    public static long Bytes(this WeightPrecision precision, long weights) => precision switch
    {
        WeightPrecision.BFloat16 => weights * sizeof(ushort),
        WeightPrecision.EightBit => weights + weights / NarrowPanel.BlockDepth * sizeof(float),
        _ => weights * sizeof(float),
    };
}
