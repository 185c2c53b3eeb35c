namespace Microsoft.ML.SoftPrompt;

/// <summary>What becomes of values outside the fitted range when series are quantized.</summary>
public enum OutsideValues
{
    /// <summary>They go to the first or the last bin.</summary>
    EndBins,

    /// <summary>They go to one of two bins more: one below the range, which comes first, and one above it, which comes last. The key's count is the number of bins + 2.</summary>
    OwnBins,

    /// <summary>They become the missing key (0).</summary>
    Missing,
}
