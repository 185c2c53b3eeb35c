namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>A trained detector, but for the backbone it stands in front of.</summary>
/// <param name="Weights">What was learned.</param>
/// <param name="Pooling">How a series' hidden states become one, where labels are a series.</param>
/// <param name="LabelKind">Whether it answers a series or a point.</param>
/// <param name="BinCount">Number of bins, which are the tokens 1 … BinCount.</param>
/// <param name="Threshold">The logit strictly above which a series or point is anomalous.</param>
/// <param name="Calibration">How a logit becomes a probability, where that was fitted.</param>
internal sealed record SoftPromptParameters(SoftPromptWeights Weights, SoftPromptPooling Pooling, LabelKind LabelKind, int BinCount, float Threshold,
    PlattScaling? Calibration = null)
{
    public int PromptLength => Weights.PromptLength;

    public int HiddenSize => Weights.HiddenSize;

    /// <summary>How a logit becomes a probability: as calibrated, or by its own sigmoid (SPEAR, eq. (3)).</summary>
    public PlattScaling Probability => Calibration ?? PlattScaling.None;
}
