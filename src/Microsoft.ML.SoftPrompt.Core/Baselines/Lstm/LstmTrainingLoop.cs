using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>Trains an LSTM: shuffled batches, Adam, validation after every epoch, the epoch with the highest average precision kept.</summary>
internal static class LstmTrainingLoop
{
    /// <param name="inputs">Numbers of a step.</param>
    /// <param name="labelKind">What a label belongs to.</param>
    /// <param name="train">Examples of both classes.</param>
    /// <param name="validation">Examples that choose the epoch and the threshold; where they lack a class, the last epoch is kept and the threshold is probability 0.5.</param>
    /// <param name="settings">The settings, in range.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellation">Asked within every batch.</param>
    /// <exception cref="InvalidOperationException">The loss, its gradient or a weight is no longer finite.</exception>
    public static LstmTrainingResult Run(int inputs, LabelKind labelKind, IReadOnlyList<LstmExample> train, LstmExample[] validation, LstmSettings settings,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var random = new Random(settings.Seed);
        var step = new LstmTrainingStep(LstmWeights.Random(new LstmShape(inputs, settings.HiddenSize, settings.Layers), random), labelKind, settings.LearningRate);
        LstmExample[] order = train.ToArray();
        bool[] labels = validation.SelectMany(example => example.Labels).Select(label => label == 1).ToArray();
        bool validates = labels.Contains(true) && labels.Contains(false);
        var history = new List<TrainingEpoch>();
        var choice = new EpochChoice(SoftPromptEarlyStopping.None, patience: settings.Epochs);
        LstmWeights? best = null;
        ValidatedEpoch? kept = null;
        var clock = new TrainingClock(settings.Epochs, order.Length, settings.BatchSize);
        for (int epoch = 1; epoch <= settings.Epochs; epoch++)
        {
            random.Shuffle(order);
            double lossSum = 0;
            for (int batch = 1; batch <= clock.Batches; batch++)
            {
                ReadOnlyMemory<LstmExample> examples = order.AsMemory(((batch - 1) * settings.BatchSize)..Math.Min(order.Length, batch * settings.BatchSize));
                double loss = step.Run(examples, cancellation);
                if (!double.IsFinite(loss))
                    throw new InvalidOperationException($"The loss, its gradient or a weight is no longer finite in batch {batch} of {clock.Batches} of epoch {epoch}; training stopped. Lower the learning rate.");
                lossSum += loss * examples.Length;
                if (batch == clock.Batches)
                {
                    ValidatedEpoch? now = validates ? Validate(epoch, new LstmNetwork(step.Weights, labelKind), validation, labels, cancellation) : null;
                    history.Add(new TrainingEpoch(epoch, lossSum / order.Length, settings.LearningRate, now?.Loss, now?.Metrics.AveragePrecision, now?.Metrics.AreaUnderRoc, now?.Metrics.Accuracy));
                    if (now is not null && choice.Add(history[^1]))
                        (best, kept) = (step.Weights, now);
                }
                progress?.Report(clock.At(epoch, batch, loss, history, ends: false));
            }
        }
        float threshold = ThresholdChoice.Make(new TrainingSettings(), kept, PlattScaling.None).Threshold;
        BinaryMetrics? metrics = kept is not null ? BinaryMetrics.Compute(kept.Logits, kept.Labels, threshold) : null;
        return new LstmTrainingResult(best ?? step.Weights, history, kept?.Epoch ?? history.Count, threshold, metrics);
    }

    private static ValidatedEpoch Validate(int epoch, LstmNetwork network, LstmExample[] examples, bool[] labels, CancellationToken cancellation)
    {
        double[] logits = Array.ConvertAll(network.Score(examples, cancellation), logit => (double)logit);
        double loss = logits.Select((logit, i) => BinaryCrossEntropy.Loss(logit, labels[i] ? 1 : 0)).Average();
        return new ValidatedEpoch(epoch, logits, labels, loss, BinaryMetrics.Compute(logits, labels, threshold: 0));
    }
}
