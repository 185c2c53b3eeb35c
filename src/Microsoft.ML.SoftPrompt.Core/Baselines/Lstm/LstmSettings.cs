namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>How an LSTM is trained; the defaults are those of SPEAR's baseline. Ranges are checked where a user sets them.</summary>
internal sealed record LstmSettings
{
    public const int DefaultHiddenSize = 128;

    public const int DefaultLayers = 2;

    /// <summary>A limit for files and options alike: a layer of this size has 34 million weights.</summary>
    public const int MaximumHiddenSize = 2048;

    public const int MaximumLayers = 8;

    public const int DefaultEpochs = 10;

    public const int DefaultBatchSize = 32;

    public const double DefaultLearningRate = 1e-3;

    public int HiddenSize { get; init; } = DefaultHiddenSize;

    public int Layers { get; init; } = DefaultLayers;

    public int Epochs { get; init; } = DefaultEpochs;

    public int BatchSize { get; init; } = DefaultBatchSize;

    public double LearningRate { get; init; } = DefaultLearningRate;

    public int Seed { get; init; }
}
