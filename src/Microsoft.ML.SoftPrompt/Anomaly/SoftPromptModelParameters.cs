using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt;

/// <summary>What a training learned, and how it went. Immutable.</summary>
public sealed class SoftPromptModelParameters
{
    internal SoftPromptModelParameters(TrainingResult result, string validationNote, IBackbone backbone, bool truncatesLongSeries, int seed)
        : this(result.Parameters, new TrainingSummary(backbone.Fingerprint, truncatesLongSeries, seed, result.BestEpoch, validationNote, result.Validation,
            result.History, Backbones.Backbone.PrecisionOf(backbone)))
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

    /// <summary>Gets the same threshold as a <c>Probability</c>, 0 to 1.</summary>
    public double DecisionThreshold => ToProbability(Learned.Threshold);

    /// <summary>
    /// Gets whether <c>Probability</c> was calibrated: it then is the sigmoid of <see cref="CalibrationSlope"/> · <c>Score</c> +
    /// <see cref="CalibrationOffset"/>, fitted on the validation rows (Platt, 1999); else it is the sigmoid of <c>Score</c>.
    /// </summary>
    public bool IsCalibrated => Learned.Calibration is not null;

    /// <summary>Gets what the score is multiplied with on its way to the probability: above 0, and 1 where that was not calibrated.</summary>
    public double CalibrationSlope => Learned.Probability.Slope;

    /// <summary>Gets what is then added: 0 where the probability was not calibrated.</summary>
    public double CalibrationOffset => Learned.Probability.Offset;

    /// <summary>Gets the backbone that the prompt was learned in front of.</summary>
    public BackboneFingerprint Backbone => Summary.Backbone;

    /// <summary>
    /// Gets how that backbone kept its matrices. A loaded model opens it so where it opens it itself; in front of the same backbone that is
    /// open in another precision it runs as well, with scores as far off as that precision is.
    /// </summary>
    public WeightPrecision BackbonePrecision => Summary.BackbonePrecision;

    /// <summary>Gets the seed of the training.</summary>
    public int Seed => Summary.Seed;

    /// <summary>Gets the epoch whose parameters were kept, from 1.</summary>
    public int BestEpoch => Summary.BestEpoch;

    /// <summary>Gets which rows trained and which validated, and why, in a sentence or two.</summary>
    public string ValidationNote => Summary.ValidationNote;

    /// <summary>Gets the metrics on the validation rows at the threshold that the training chose; <see langword="null"/> where there was no validation.</summary>
    public BinaryMetrics? ValidationMetrics => Summary.ValidationMetrics;

    /// <summary>Gets what each epoch that ran came to.</summary>
    public IReadOnlyList<TrainingEpoch> TrainingHistory => Summary.History;

    /// <summary>Gives the probability of a score, as the column <c>Probability</c> has it: for a mean of scores, where windows overlap.</summary>
    /// <param name="score">A logit.</param>
    /// <returns>0 to 1; calibrated where <see cref="IsCalibrated"/>.</returns>
    public double ToProbability(double score) => Learned.Probability.ToProbability(score);

    /// <summary>
    /// Writes what was learned in the safetensors format: <c>prompt_embeddings</c> [m, d], <c>head.weight</c> [1, d], <c>head.bias</c> [1] and
    /// <c>missing_embedding</c> [1, d], single precision. Another training can go on from it, see <see cref="SoftPromptAnomalyTrainer.Options.InitializationPath"/>.
    /// </summary>
    /// <param name="path">The file's path, by custom <c>prompt.safetensors</c>; a file that is there is replaced once the new one is whole.</param>
    /// <exception cref="IOException">The file cannot be written; what was there stands.</exception>
    public void SavePrompt(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using var file = new AtomicFile(path);
        SavePrompt(file.Stream);
        file.Commit();
    }

    /// <inheritdoc cref="SavePrompt(string)" path="/summary"/>
    /// <param name="stream">Written at its position and left open.</param>
    public void SavePrompt(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        PromptFile.Write(stream, Learned.Weights);
    }

    /// <summary>The same model with another threshold.</summary>
    internal SoftPromptModelParameters WithScoreThreshold(float threshold) => new(Learned with { Threshold = threshold }, Summary);

    internal SoftPromptParameters Learned { get; }

    internal TrainingSummary Summary { get; }
}
