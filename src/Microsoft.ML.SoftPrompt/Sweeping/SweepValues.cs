namespace Microsoft.ML.SoftPrompt;

/// <summary>The parameters of one trial of a <see cref="SoftPromptSweep"/>.</summary>
/// <param name="PromptLength">Learnable rows in front of every window.</param>
/// <param name="BinCount">Bins that values are quantized into.</param>
/// <param name="Scaling">What values are scaled by.</param>
/// <param name="PromptLearningRate">Learning rate of the prompt.</param>
/// <param name="HeadLearningRate">Learning rate of the head.</param>
/// <param name="Pooling">Which hidden state answers for a window.</param>
/// <param name="TSmoteRatio">Training windows of the rarer class for each of the other after balancing; null where nothing is balanced.</param>
/// <param name="WindowSize">Readings in a window.</param>
/// <param name="Stride">Readings from one window's start to the next one's; null for windows end to end.</param>
public sealed record SweepValues(int PromptLength, int BinCount, SweepScaling Scaling, double PromptLearningRate, double HeadLearningRate, SoftPromptPooling Pooling,
    double? TSmoteRatio, int WindowSize, int? Stride)
{
    internal int StrideOrWindow => Stride ?? WindowSize;
}
