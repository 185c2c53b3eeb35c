namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>The settings a training starts from where nothing else is said, each with its reason.</summary>
internal static class TrainingDefaults
{
    /// <summary>The best of 10, 20 and 30 in SPEAR, Table IV.</summary>
    public const int PromptLength = 20;

    /// <summary>Where AUROC and AUPR settle in SPEAR, Figures 3 and 4.</summary>
    public const int Epochs = 40;

    /// <summary>The paper's, inferred.</summary>
    public const int BatchSize = 32;

    /// <summary>The paper does not publish its rate; prompts barely move at the rates usual for weights (1e-3 and below).</summary>
    public const double PromptLearningRate = 0.03;

    /// <summary>The head is a linear layer on states of about unit size and needs less than the prompt.</summary>
    public const double HeadLearningRate = 0.01;

    /// <summary>AdamW's own usual value.</summary>
    public const double WeightDecay = 0.01;

    /// <summary>Share of the steps in which the rate rises: long enough that Adam's second moments have settled.</summary>
    public const double WarmUp = 0.06;

    /// <summary>Both classes count alike.</summary>
    public const double PositiveClassWeight = 1;

    /// <summary>Epochs without an improvement: an eighth of the epochs, so that one bad epoch or two do not end a training.</summary>
    public const int Patience = 5;

    /// <summary>Even odds.</summary>
    public const double ThresholdTarget = 0.5;

    public const double Beta1 = 0.9;

    public const double Beta2 = 0.999;

    public const double Epsilon = 1e-8;

    /// <summary>Standard deviation of the head's first weights: what BERT's own layers started from.</summary>
    public const double HeadDeviation = 0.02;

    /// <summary>Share of the groups or rows that is held out for validation.</summary>
    public const double ValidationFraction = 0.2;
}
