namespace Microsoft.ML.SoftPrompt;

/// <summary>Which metric on the validation rows ends a training that no longer gets better; the same metric chooses the epoch that is kept.</summary>
public enum SoftPromptEarlyStopping
{
    /// <summary>No early stopping: all epochs run, and the one with the highest average precision is kept.</summary>
    None,

    /// <summary>Average precision, the higher the better.</summary>
    AveragePrecision,

    /// <summary>Area under the receiver operating characteristic, the higher the better.</summary>
    Auroc,

    /// <summary>The loss that is trained, the lower the better.</summary>
    Loss,
}
