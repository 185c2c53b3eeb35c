namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>How a soft prompt is trained. Ranges are checked where a user sets them, in the options.</summary>
internal sealed record TrainingSettings
{
    public int PromptLength { get; init; } = TrainingDefaults.PromptLength;

    public int Epochs { get; init; } = TrainingDefaults.Epochs;

    /// <summary>The epoch to end after, before the last one; null for all. It changes nothing else.</summary>
    public int? LastEpoch { get; init; }

    public int BatchSize { get; init; } = TrainingDefaults.BatchSize;

    public double PromptLearningRate { get; init; } = TrainingDefaults.PromptLearningRate;

    public double HeadLearningRate { get; init; } = TrainingDefaults.HeadLearningRate;

    public double WeightDecay { get; init; } = TrainingDefaults.WeightDecay;

    public double WarmUp { get; init; } = TrainingDefaults.WarmUp;

    public double Beta1 { get; init; } = TrainingDefaults.Beta1;

    public double Beta2 { get; init; } = TrainingDefaults.Beta2;

    public double Epsilon { get; init; } = TrainingDefaults.Epsilon;

    public SoftPromptLearningRateDecay LearningRateDecay { get; init; }

    /// <summary>The largest norm of a step's gradient; 0 for any.</summary>
    public double GradientClipping { get; init; }

    public double PositiveClassWeight { get; init; } = TrainingDefaults.PositiveClassWeight;

    public double FocalGamma { get; init; }

    public SoftPromptPooling Pooling { get; init; } = SoftPromptPooling.Mean;

    public SoftPromptInitialization Initialization { get; init; }

    /// <summary>Read where <see cref="Initialization"/> is a text.</summary>
    public string InitializationText { get; init; } = "";

    public SoftPromptEarlyStopping EarlyStopping { get; init; }

    /// <summary>Epochs without an improvement after which early stopping ends the training.</summary>
    public int Patience { get; init; } = TrainingDefaults.Patience;

    public SoftPromptThresholdRule ThresholdRule { get; init; }

    /// <summary>What the rule aims at; not read for F1.</summary>
    public double ThresholdTarget { get; init; } = TrainingDefaults.ThresholdTarget;

    public SoftPromptCalibration Calibration { get; init; }

    public int Seed { get; init; }

    public FocalLoss Loss => new(PositiveClassWeight, FocalGamma);
}
