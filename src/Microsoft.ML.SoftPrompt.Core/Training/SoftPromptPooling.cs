namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// How the hidden states of a series become the one row that the head reads, where a label belongs to the whole series. The paper
/// (SPEAR, eqs. (2) and (3)) leaves this open.
/// </summary>
public enum SoftPromptPooling
{
    /// <summary>The mean over the series' values, the prompt's positions left out.</summary>
    Mean,

    /// <summary>The hidden state of the last value.</summary>
    Last,

    /// <summary>The hidden state of the first position of the whole sequence, which is the first row of the prompt, or without a prompt the first value's first piece. For encoders: a decoder's first position sees no other, and is refused.</summary>
    First,

    /// <summary>The maximum of each component over the series' values, the prompt's positions left out.</summary>
    Max,
}
