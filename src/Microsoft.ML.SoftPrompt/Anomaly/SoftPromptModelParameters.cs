using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt;

/// <summary>What a training learned, and how it went. Immutable.</summary>
public sealed class SoftPromptModelParameters
{
    internal SoftPromptModelParameters(TrainingResult result, string validationNote, BackboneFingerprint backbone, bool truncatesLongSeries, int seed)
        : this(result.Parameters, new TrainingSummary(backbone, truncatesLongSeries, seed, result.BestEpoch, validationNote, result.Validation, result.History))
    {
    }

    internal SoftPromptModelParameters(SoftPromptParameters learned, TrainingSummary summary)
    {
        Learned = learned;
        Summary = summary;
    }

    /// <summary>Gets the number of learned rows m in front of every series.</summary>
    public int PromptLength => Learned.PromptLength;

    /// <summary>Gets the width d of a row.</summary>
    public int HiddenSize => Learned.HiddenSize;

    /// <summary>Gets the number of bins that the values were quantized into.</summary>
    public int BinCount => Learned.BinCount;

    /// <summary>Gets which hidden state answers for a series.</summary>
    public SoftPromptPooling Pooling => Learned.Pooling;

    /// <summary>Gets whether the model labels every value of a series rather than the series.</summary>
    public bool LabelsPoints => Learned.LabelKind == LabelKind.Point;

    /// <summary>Gets the soft prompt, [<see cref="PromptLength"/>, <see cref="HiddenSize"/>], row by row.</summary>
    public ReadOnlyMemory<float> Prompt => Learned.Weights.Prompt;

    /// <summary>Gets the row that stands for a missing value, [<see cref="HiddenSize"/>].</summary>
    public ReadOnlyMemory<float> MissingRow => Learned.Weights.MissingRow;

    /// <summary>Gets the head's weights W, [<see cref="HiddenSize"/>] (SPEAR, eq. (2)).</summary>
    public ReadOnlyMemory<float> HeadWeights => Learned.Weights.HeadWeight;

    /// <summary>Gets the head's bias b (SPEAR, eq. (2)).</summary>
    public float HeadBias => Learned.Weights.HeadBias;

    /// <summary>Gets the logit strictly above which <c>PredictedLabel</c> is true.</summary>
    public float ScoreThreshold => Learned.Threshold;

    /// <summary>Gets the same threshold as a probability, 0 to 1.</summary>
    public double DecisionThreshold => AnomalyStage.ToProbability(Learned.Threshold);

    /// <summary>Gets the backbone that the prompt was learned in front of.</summary>
    public BackboneFingerprint Backbone => Summary.Backbone;

    /// <summary>Gets the seed of the training.</summary>
    public int Seed => Summary.Seed;

    /// <summary>Gets the epoch whose parameters were kept, from 1.</summary>
    public int BestEpoch => Summary.BestEpoch;

    /// <summary>Gets what chose the epoch and the threshold, in a sentence.</summary>
    public string ValidationNote => Summary.ValidationNote;

    /// <summary>Gets the metrics on the validation rows at the threshold; <see langword="null"/> where there was no validation.</summary>
    public BinaryMetrics? ValidationMetrics => Summary.ValidationMetrics;

    /// <summary>Gets what each epoch came to.</summary>
    public IReadOnlyList<TrainingEpoch> History => Summary.History;

    internal SoftPromptParameters Learned { get; }

    internal TrainingSummary Summary { get; }
}
