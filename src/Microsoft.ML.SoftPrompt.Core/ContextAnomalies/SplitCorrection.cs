namespace Microsoft.ML.SoftPrompt;

/// <summary>What the p-value of a series' best split is held against, since the best of many splits is often significant by chance.</summary>
public enum SplitCorrection
{
    /// <summary>The significance level itself, as in the paper.</summary>
    None,

    /// <summary>The significance level divided by the number of splits, T − 3 for T values that are present.</summary>
    Bonferroni,
}
