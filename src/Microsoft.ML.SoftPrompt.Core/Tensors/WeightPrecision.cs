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
