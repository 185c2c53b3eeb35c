using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// SPEAR's trained baseline: an LSTM (Hochreiter and Schmidhuber, 1997) of two layers of 128 hidden units over the pairs of time and
/// value, its last output (labels a series) or each output (labels a value) through a linear layer to a logit, trained by Adam on the
/// binary cross-entropy. The score is the logit. Where validation series have both classes, the epoch with their highest average
/// precision is kept, else the last.
/// </summary>
/// <remarks>
/// Times and values go in less the training part's mean and over its deviation. A missing value goes in as the last one before it. A
/// series' score depends on it and the model alone; the same seed, data and options give the same model, whatever the number of threads.
/// </remarks>
public sealed class LstmMethod : IAnomalyMethod
{
    /// <inheritdoc/>
    public string Name => "LSTM";

    /// <summary>Gets the hidden units of a layer.</summary>
    /// <value>1 to 2,048; the default is 128.</value>
    public int HiddenSize { get; init; } = LstmSettings.DefaultHiddenSize;

    /// <summary>Gets the number of layers.</summary>
    /// <value>1 to 8; the default is 2.</value>
    public int Layers { get; init; } = LstmSettings.DefaultLayers;

    /// <summary>Gets the passes over the training series.</summary>
    /// <value>At least 1; the default is 10.</value>
    public int Epochs { get; init; } = LstmSettings.DefaultEpochs;

    /// <summary>Gets the series in a step.</summary>
    /// <value>At least 1; the default is 32.</value>
    public int BatchSize { get; init; } = LstmSettings.DefaultBatchSize;

    /// <summary>Gets Adam's learning rate.</summary>
    /// <value>Above 0; the default is 0.001.</value>
    public double LearningRate { get; init; } = LstmSettings.DefaultLearningRate;

    /// <summary>Gets whether each <see cref="LabeledSeries.Group"/> has a mean and a deviation of its own; a group that training has not seen takes those of all.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool ByGroup { get; init; } = true;

    /// <summary>Gets who is told after every batch.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <inheritdoc cref="IAnomalyMethod.Fit"/>
    /// <returns>The fitted method, with the history of its training.</returns>
    /// <exception cref="ArgumentException">A series is malformed, the training series lack a class, or every value is missing.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The loss ceased to be finite.</exception>
    public FittedLstm Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation, int seed, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(HiddenSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(HiddenSize, LstmSettings.MaximumHiddenSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(Layers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Layers, LstmSettings.MaximumLayers);
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(LearningRate, 0); // NaN too
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LearningRate, double.MaxValue);
        LabelKind labelKind = LabeledSeriesCheck.Fit(training, validation);
        LabeledSeriesCheck.BothClasses(training);
        var settings = new LstmSettings { HiddenSize = HiddenSize, Layers = Layers, Epochs = Epochs, BatchSize = BatchSize, LearningRate = LearningRate, Seed = seed };
        (LstmModel model, LstmTrainingResult result) = LstmModel.Fit(training, validation, labelKind, ByGroup, settings, Progress, cancellation);
        return new FittedLstm(model, result);
    }

    IAnomalyScorer IAnomalyMethod.Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation, int seed, CancellationToken cancellation) =>
        Fit(training, validation, seed, cancellation);
}
