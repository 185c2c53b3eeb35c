namespace Microsoft.ML.SoftPrompt;

/// <summary>How a score becomes a probability.</summary>
public enum SoftPromptCalibration
{
    /// <summary>By the sigmoid of the logit (SPEAR, eq. (3)). Balancing, class weights and a focal loss shift it from the share of anomalies.</summary>
    None,

    /// <summary>By the sigmoid of a · logit + b, fitted on the validation rows (Platt, 1999).</summary>
    Platt,
}
