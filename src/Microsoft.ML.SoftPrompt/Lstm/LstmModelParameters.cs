using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Lstm;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt;

/// <summary>What the training of an LSTM learned, and how it went. Immutable.</summary>
public sealed class LstmModelParameters
{
    internal LstmModelParameters(LstmModel model, float threshold, LstmSummary summary) => (Model, ScoreThreshold, Summary) = (model, threshold, summary);

    /// <summary>Gets the hidden units of a layer.</summary>
    public int HiddenSize => Model.Network.Weights.Shape.Hidden;

    /// <summary>Gets the number of layers.</summary>
    public int Layers => Model.Network.Weights.Shape.Layers;

    /// <summary>Gets how many numbers were learned.</summary>
    public int ParameterCount => Model.Network.Weights.Shape.ParameterCount;

    /// <summary>Gets whether the model labels every value of a series rather than the series.</summary>
    public bool LabelsPoints => Model.Network.LabelKind == LabelKind.Point;

    /// <summary>Gets the logit strictly above which <c>PredictedLabel</c> is true.</summary>
    public float ScoreThreshold { get; }

    /// <summary>Gets the same threshold as a <c>Probability</c>, 0 to 1.</summary>
    public double DecisionThreshold => BinaryCrossEntropy.Sigmoid(ScoreThreshold);

    /// <summary>Gets the seed of the training.</summary>
    public int Seed => Summary.Seed;

    /// <summary>Gets the epoch whose weights were kept, from 1.</summary>
    public int BestEpoch => Summary.BestEpoch;

    /// <summary>Gets which rows trained and which validated, and why, in a sentence or two.</summary>
    public string ValidationNote => Summary.ValidationNote;

    /// <summary>Gets the metrics on the validation rows at the threshold; <see langword="null"/> where there was no validation.</summary>
    public BinaryMetrics? ValidationMetrics => Summary.ValidationMetrics;

    /// <summary>Gets what each epoch came to.</summary>
    public IReadOnlyList<TrainingEpoch> TrainingHistory => Summary.History;

    internal LstmModel Model { get; }

    internal LstmSummary Summary { get; }
}
