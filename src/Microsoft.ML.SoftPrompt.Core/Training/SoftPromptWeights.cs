namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Everything that is learned: the prompt, the missing value's row, and the head. Immutable.</summary>
internal sealed class SoftPromptWeights
{
    public SoftPromptWeights(int promptLength, int hiddenSize, ReadOnlyMemory<float> prompt, ReadOnlyMemory<float> missingRow, ReadOnlyMemory<float> headWeight, float headBias)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(promptLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(hiddenSize, 1);
        if (prompt.Length != promptLength * hiddenSize || missingRow.Length != hiddenSize || headWeight.Length != hiddenSize)
            throw new ArgumentException($"A prompt of {promptLength} rows of {hiddenSize} came with {prompt.Length} prompt, {missingRow.Length} missing and {headWeight.Length} head components.");
        (PromptLength, HiddenSize, Prompt, MissingRow, HeadWeight, HeadBias) = (promptLength, hiddenSize, prompt, missingRow, headWeight, headBias);
    }

    /// <summary>At least 0.</summary>
    public int PromptLength { get; }

    public int HiddenSize { get; }

    /// <summary>[PromptLength, HiddenSize].</summary>
    public ReadOnlyMemory<float> Prompt { get; }

    /// <summary>[HiddenSize].</summary>
    public ReadOnlyMemory<float> MissingRow { get; }

    /// <summary>[HiddenSize].</summary>
    public ReadOnlyMemory<float> HeadWeight { get; }

    public float HeadBias { get; }
}
