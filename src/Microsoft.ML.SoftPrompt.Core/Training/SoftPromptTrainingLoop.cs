using System.Diagnostics;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// Trains a soft prompt and its head in front of a frozen backbone (SPEAR, section on training): shuffled batches, AdamW on a linear
/// schedule, validation after every epoch, the best epoch by average precision kept.
/// </summary>
internal sealed class SoftPromptTrainingLoop
{
    /// <summary>The logit of probability 0.5: the threshold where no validation chose one.</summary>
    private const float EvenThreshold = 0;

    private readonly IBackbone _backbone;
    private readonly TokenTable _table;
    private readonly LabelKind _labelKind;
    private readonly IReadOnlyList<TrainingExample> _train;
    private readonly IReadOnlyList<TrainingExample> _validation;
    private readonly TrainingSettings _settings;
    private readonly Random _random;

    private SoftPromptTrainingLoop(IBackbone backbone, TokenTable table, LabelKind labelKind, IReadOnlyList<TrainingExample> train, IReadOnlyList<TrainingExample> validation,
        TrainingSettings settings)
    {
        (_backbone, _table, _labelKind, _train, _validation, _settings) = (backbone, table, labelKind, train, validation, settings);
        _random = new Random(settings.Seed);
    }

    /// <summary>Trains.</summary>
    /// <param name="backbone">The frozen model.</param>
    /// <param name="table">The pieces of the bins.</param>
    /// <param name="labelKind">Whether examples carry a label a series or a label a point.</param>
    /// <param name="train">At least one example of each class.</param>
    /// <param name="validation">Examples that choose the epoch and the threshold. Where they lack a class, or there are none, the last epoch is kept and the threshold is probability 0.5.</param>
    /// <param name="settings">The settings, in range.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="start">Where to start; by default from the vocabulary, by the seed.</param>
    /// <param name="cancellation">Asked within every batch.</param>
    /// <exception cref="ArgumentException">There is nothing to learn from, or an example is malformed or too long for the backbone.</exception>
    /// <exception cref="InvalidOperationException">The loss or its gradient is no longer finite.</exception>
    /// <exception cref="OperationCanceledException">The cancellation was asked for.</exception>
    public static TrainingResult Run(IBackbone backbone, TokenTable table, LabelKind labelKind, IReadOnlyList<TrainingExample> train, IReadOnlyList<TrainingExample> validation,
        TrainingSettings settings, IProgress<TrainingProgress>? progress = null, SoftPromptWeights? start = null, CancellationToken cancellation = default)
    {
        Check(train, "training", table, labelKind, settings.PromptLength);
        Check(validation, "validation", table, labelKind, settings.PromptLength);
        if (!train.Any(e => e.HasAnomaly && e.Weight > 0) || !train.Any(e => e.HasNormal && e.Weight > 0))
            throw new ArgumentException($"The {train.Count} training series with a weight above 0 do not hold both classes: found {(train.Any(e => e.HasAnomaly) ? "anomalous" : "normal")} labels only, or none. "
                + "Training needs at least one anomaly and one normal label; check the label column, or use more data.", nameof(train));
        return new SoftPromptTrainingLoop(backbone, table, labelKind, train, validation, settings).Run(progress, start, cancellation);
    }

    private static void Check(IReadOnlyList<TrainingExample> examples, string part, TokenTable table, LabelKind labelKind, int promptLength)
    {
        for (int i = 0; i < examples.Count; i++)
        {
            (ReadOnlyMemory<uint> tokens, ReadOnlyMemory<float> labels, float weight) = examples[i];
            table.CheckFits(tokens.Span, promptLength);
            int expected = labelKind == LabelKind.Series ? 1 : tokens.Length;
            if (labels.Length != expected)
                throw new ArgumentException($"Row {i} of the {part} data has {labels.Length} labels for {tokens.Length} values; expected {expected}.");
            if (labels.Span.IndexOfAnyExcept(0f, 1f) is >= 0 and int at)
                throw new ArgumentException($"Row {i} of the {part} data has the label {labels.Span[at]} at index {at}; expected 0 (normal) or 1 (anomalous).");
            if (!(weight >= 0 && float.IsFinite(weight)))
                throw new ArgumentException($"Row {i} of the {part} data has the weight {weight}; expected a finite number of at least 0.");
        }
    }

    private TrainingResult Run(IProgress<TrainingProgress>? progress, SoftPromptWeights? start, CancellationToken cancellation)
    {
        start ??= SoftPromptStart.FromVocabulary(_backbone, _table, _settings.PromptLength, _random);
        var step = new SoftPromptTrainingStep(_backbone, _table, _labelKind, _settings, start, trainsMissingRow: _train.Any(e => e.HasMissing));
        bool validates = _validation.Any(e => e.HasAnomaly) && _validation.Any(e => e.HasNormal);
        TrainingExample[] order = _train.ToArray();
        int batches = (order.Length + _settings.BatchSize - 1) / _settings.BatchSize;
        var schedule = LearningRateSchedule.WithWarmUp(_settings.Epochs * batches, _settings.WarmUp);
        var history = new List<TrainingEpoch>();
        Validated? best = null;
        int bestEpoch = _settings.Epochs;
        long flagged = 0;
        long judged = 0;
        var clock = Stopwatch.StartNew();

        for (int epoch = 1; epoch <= _settings.Epochs; epoch++)
        {
            _random.Shuffle(order);
            double lossSum = 0;
            (flagged, judged) = (0, 0);
            for (int batch = 1; batch <= batches; batch++)
            {
                int done = (epoch - 1) * batches + batch - 1;
                TrainingExample[] examples = order[((batch - 1) * _settings.BatchSize)..Math.Min(order.Length, batch * _settings.BatchSize)];
                double factor = schedule.Factor(done);
                double loss = step.Run(examples, factor, cancellation);
                if (!double.IsFinite(loss))
                    throw new InvalidOperationException($"The loss or its gradient is no longer finite in batch {batch} of {batches} of epoch {epoch}; training stopped. "
                        + "Lower the learning rates of the prompt and the head, and check the backbone's weights.");
                lossSum += loss * examples.Length;
                judged += step.Logits.Length;
                foreach (float logit in step.Logits)
                    flagged += logit > EvenThreshold ? 1 : 0;

                if (batch == batches)
                {
                    Validated? now = validates ? Validate(step.Weights, epoch, cancellation) : null;
                    history.Add(new TrainingEpoch(epoch, lossSum / order.Length, _settings.PromptLearningRate * factor, now?.Loss, now?.Metrics.AveragePrecision,
                        now?.Metrics.AreaUnderRoc, now?.Metrics.Accuracy));
                    if (now is not null && (best is null || now.Metrics.AveragePrecision > best.Metrics.AveragePrecision))
                        (best, bestEpoch) = (now, epoch);
                }
                progress?.Report(Progress(epoch, batch, batches, loss, history, clock.Elapsed));
            }
        }
        return Result(best, bestEpoch, step.Weights, history, flagged, judged);
    }

    private TrainingResult Result(Validated? best, int bestEpoch, SoftPromptWeights last, List<TrainingEpoch> history, long flagged, long judged)
    {
        float threshold = EvenThreshold;
        BinaryMetrics? metrics = null;
        if (best is not null)
        {
            threshold = RoundDown(DecisionThreshold.ByF1(best.Logits, best.Labels));
            metrics = BinaryMetrics.Compute(best.Logits, best.Labels, threshold);
            (flagged, judged) = (metrics.TruePositives + metrics.FalsePositives, metrics.Count);
        }
        List<string> warnings = [];
        if (flagged == 0 || flagged == judged)
            warnings.Add($"All {judged} predictions on the {(best is null ? "training data in the last epoch" : "validation data")} fall on one class ({(flagged == 0 ? "normal" : "anomalous")}): "
                + "nothing useful was learned. Try more epochs, another learning rate or number of bins, or balance the classes.");
        return new TrainingResult(Parameters(best?.Weights ?? last, threshold), history, bestEpoch, metrics, warnings);
    }

    private Validated Validate(SoftPromptWeights weights, int epoch, CancellationToken cancellation)
    {
        var scorer = new SoftPromptScorer(_backbone, _table, Parameters(weights, EvenThreshold));
        var logits = new float[_validation.Sum(e => e.Labels.Length)];
        scorer.Score(_validation.Select(e => e.Tokens).ToArray(), logits, cancellation);

        var labels = new bool[logits.Length];
        double loss = 0;
        double totalWeight = 0;
        int next = 0;
        foreach (TrainingExample example in _validation)
            foreach (float label in example.Labels.Span)
            {
                if (!float.IsFinite(logits[next]))
                    throw new InvalidOperationException($"A validation logit is {logits[next]} after epoch {epoch}; training stopped. "
                        + "Lower the learning rates of the prompt and the head, and check the backbone's weights.");
                loss += example.Weight * BinaryCrossEntropy.Loss(logits[next], label);
                totalWeight += example.Weight;
                labels[next++] = label == 1;
            }
        double[] scores = Array.ConvertAll(logits, z => (double)z);
        return new Validated(weights, scores, labels, totalWeight > 0 ? loss / totalWeight : 0, BinaryMetrics.Compute(scores, labels, EvenThreshold));
    }

    private TrainingProgress Progress(int epoch, int batch, int batches, double loss, List<TrainingEpoch> history, TimeSpan elapsed)
    {
        int done = (epoch - 1) * batches + batch;
        int all = _settings.Epochs * batches;
        double series = (epoch - 1) * (double)_train.Count + Math.Min(_train.Count, batch * _settings.BatchSize);
        return new TrainingProgress(epoch, _settings.Epochs, batch, batches, loss, history.Count == 0 ? null : history[^1].ValidationAveragePrecision, elapsed,
            elapsed * ((double)(all - done) / done), series / Math.Max(elapsed.TotalSeconds, 1e-9));
    }

    private SoftPromptParameters Parameters(SoftPromptWeights weights, float threshold) => new(weights, _settings.Pooling, _labelKind, _table.BinCount, threshold);

    /// <summary>The largest Single that is not above the threshold: rounding up could reach the score that must stay above it.</summary>
    private static float RoundDown(double threshold)
    {
        float rounded = (float)threshold;
        return rounded > threshold ? MathF.BitDecrement(rounded) : rounded;
    }

    /// <summary>Parameters with what they answer on the validation data; the metrics are at probability 0.5.</summary>
    private sealed record Validated(SoftPromptWeights Weights, double[] Logits, bool[] Labels, double Loss, BinaryMetrics Metrics);
}
