namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// What the rows of a soft prompt are before the first step. In every case but <see cref="Prompt"/> the head starts as small normal
/// weights without bias, and the row of a missing value as the mean of the bins' rows.
/// </summary>
public enum SoftPromptInitialization
{
    /// <summary>Rows of tokens drawn from the whole vocabulary (Lester, Al-Rfou, Constant, arXiv 2104.08691, section 3.2).</summary>
    Vocabulary,

    /// <summary>The rows of a text's pieces in their order, repeated or cut to the prompt's length.</summary>
    Text,

    /// <summary>Normal numbers of mean 0 and the standard deviation of all components of the vocabulary's rows.</summary>
    Random,

    /// <summary>A prompt learned before, with its row of a missing value and its head: the training goes on from there.</summary>
    Prompt,
}
