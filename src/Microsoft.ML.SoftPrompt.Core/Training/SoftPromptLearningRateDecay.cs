namespace Microsoft.ML.SoftPrompt;

/// <summary>How the learning rates fall: the factor at step s of S, from 0, which the warm-up's min(1, (s + 1) / w) is multiplied with.</summary>
public enum SoftPromptLearningRateDecay
{
    /// <summary>(S − s) / S.</summary>
    Linear,

    /// <summary>(1 + cos(π s / S)) / 2 (Loshchilov and Hutter, arXiv 1608.03983, eq. (5), without restarts).</summary>
    Cosine,

    /// <summary>1: the rates stay where the warm-up brought them.</summary>
    Constant,
}
