namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>How a soft prompt is trained. Ranges are checked where a user sets them, in the options.</summary>
internal sealed record TrainingSettings
{
    public int PromptLength { get; init; } = TrainingDefaults.PromptLength;

    public int Epochs { get; init; } = TrainingDefaults.Epochs;

    public int BatchSize { get; init; } = TrainingDefaults.BatchSize;

    public double PromptLearningRate { get; init; } = TrainingDefaults.PromptLearningRate;

    public double HeadLearningRate { get; init; } = TrainingDefaults.HeadLearningRate;

    public double WeightDecay { get; init; } = TrainingDefaults.WeightDecay;

    public double WarmUp { get; init; } = TrainingDefaults.WarmUp;

    public double Beta1 { get; init; } = TrainingDefaults.Beta1;

    public double Beta2 { get; init; } = TrainingDefaults.Beta2;

    public double Epsilon { get; init; } = TrainingDefaults.Epsilon;

    public SoftPromptPooling Pooling { get; init; } = SoftPromptPooling.Mean;

    public int Seed { get; init; }
}
