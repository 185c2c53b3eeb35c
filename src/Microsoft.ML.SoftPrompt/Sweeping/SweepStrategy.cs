namespace Microsoft.ML.SoftPrompt;

/// <summary>How a <see cref="SoftPromptSweep"/> chooses what to try.</summary>
public enum SweepStrategy
{
    /// <summary>Each trial draws its parameters by itself; all run through all epochs. Parameters that were drawn before are drawn again.</summary>
    Random,

    /// <summary>Every combination of the values, in an order shuffled by the seed, so that a budget that ends early has seen all sides of the grid.</summary>
    Grid,

    /// <summary>
    /// Many trials are drawn and run through a few epochs; of each round the best share goes on where it stopped, the others are pruned
    /// (Jamieson, Talwalkar, arXiv 1502.07943, with epochs as the resource).
    /// </summary>
    SuccessiveHalving,
}
