namespace Microsoft.ML.SoftPrompt;

/// <summary>How a range is cut into bins.</summary>
public enum QuantizationBinning
{
    /// <summary>Into bins of equal width (SPEAR, eq. (1)).</summary>
    Uniform,

    /// <summary>At quantiles, into bins that hold equally many of the fitted values.</summary>
    Quantile,
}
