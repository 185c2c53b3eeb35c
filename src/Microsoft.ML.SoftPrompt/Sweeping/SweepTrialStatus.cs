namespace Microsoft.ML.SoftPrompt;

/// <summary>How far a trial of a <see cref="SoftPromptSweep"/> came.</summary>
public enum SweepTrialStatus
{
    /// <summary>It ran through all its epochs.</summary>
    Finished,

    /// <summary>Others were better after as many epochs, and it was not continued.</summary>
    Pruned,

    /// <summary>It could not be trained; <see cref="SweepTrial.Reason"/> says why.</summary>
    Failed,

    /// <summary>The time limit ended it, or it is still under way.</summary>
    Stopped,
}
