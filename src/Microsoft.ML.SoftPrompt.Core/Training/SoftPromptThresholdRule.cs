namespace Microsoft.ML.SoftPrompt;

/// <summary>How the threshold is chosen above which a series or point is anomalous.</summary>
public enum SoftPromptThresholdRule
{
    /// <summary>The highest F1 on the validation rows.</summary>
    F1,

    /// <summary>At least the target precision on the validation rows, with the highest recall that goes with it.</summary>
    Precision,

    /// <summary>The highest threshold with at least the target recall on the validation rows.</summary>
    Recall,

    /// <summary>The target itself, a probability.</summary>
    Fixed,
}
