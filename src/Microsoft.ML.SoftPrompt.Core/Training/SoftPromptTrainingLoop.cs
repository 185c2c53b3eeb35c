using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// Trains a soft prompt and its head in front of a frozen backbone (SPEAR, section on training): shuffled batches, AdamW on a schedule,
/// validation after every epoch, the best epoch kept.
/// </summary>
internal sealed class SoftPromptTrainingLoop
{
    private readonly IBackbone _backbone;
    private readonly TokenTable _table;
    private readonly LabelKind _labelKind;
    private readonly IReadOnlyList<TrainingExample> _train;
    private readonly ValidationRows _validation;
    private readonly TrainingSettings _settings;
    private readonly Random _random;

    private SoftPromptTrainingLoop(IBackbone backbone, TokenTable table, LabelKind labelKind, IReadOnlyList<TrainingExample> train, IReadOnlyList<TrainingExample> validation,
        TrainingSettings settings)
    {
        (_backbone, _table, _labelKind, _train, _settings) = (backbone, table, labelKind, train, settings);
        _validation = new ValidationRows(validation, settings.Loss);
        _random = new Random(settings.Seed);
    }

    /// <summary>Trains.</summary>
    /// <param name="backbone">The frozen model.</param>
    /// <param name="table">The pieces of the bins.</param>
    /// <param name="labelKind">Whether examples carry a label a series or a label a point.</param>
    /// <param name="train">At least one example of each class.</param>
    /// <param name="validation">Examples that choose the epoch and the threshold, and calibrate. Where they lack a class, or there are none, the last epoch is kept and the threshold is the fixed one, or probability 0.5.</param>
    /// <param name="settings">The settings, in range.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="start">Where to start; by default where the settings and the seed say.</param>
    /// <param name="checkpoint">Where the training is written down as it goes, and goes on from; none by default.</param>
    /// <param name="cancellation">Asked within every batch.</param>
    /// <exception cref="ArgumentException">There is nothing to learn from, or an example is malformed or too long for the backbone.</exception>
    /// <exception cref="InvalidOperationException">The loss or its gradient is no longer finite, the prompt cannot start from the text, there are no rows to calibrate on, or the checkpoint belongs to another training.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged.</exception>
    /// <exception cref="IOException">The checkpoint cannot be written; what was there stands.</exception>
    /// <exception cref="OperationCanceledException">The cancellation was asked for.</exception>
    public static TrainingResult Run(IBackbone backbone, TokenTable table, LabelKind labelKind, IReadOnlyList<TrainingExample> train, IReadOnlyList<TrainingExample> validation,
        TrainingSettings settings, IProgress<TrainingProgress>? progress = null, SoftPromptWeights? start = null, TrainingCheckpoint? checkpoint = null, CancellationToken cancellation = default)
    {
        Check(train, "training", table, labelKind, settings.PromptLength);
        Check(validation, "validation", table, labelKind, settings.PromptLength);
        if (!train.Any(e => e.HasAnomaly && e.Weight > 0) || !train.Any(e => e.HasNormal && e.Weight > 0))
            throw new ArgumentException($"The {train.Count} training series with a weight above 0 do not hold both classes: found {(train.Any(e => e.HasAnomaly) ? "anomalous" : "normal")} labels only, or none. "
                + "Training needs at least one anomaly and one normal label; check the label column, or use more data.", nameof(train));
        var loop = new SoftPromptTrainingLoop(backbone, table, labelKind, train, validation, settings);
        if (settings.Calibration != SoftPromptCalibration.None && !loop._validation.HasBothClasses)
            throw new InvalidOperationException($"The probability cannot be calibrated: {(validation.Count == 0 ? "no row validates" : $"the {validation.Count} validation rows have one class only")}. "
                + "Hold out or give validation data with anomalies and normal rows, or switch calibration off.");
        return loop.Run(progress, start, checkpoint, cancellation);
    }

    private static void Check(IReadOnlyList<TrainingExample> examples, string part, TokenTable table, LabelKind labelKind, int promptLength)
    {
        for (int i = 0; i < examples.Count; i++)
        {
            (ReadOnlyMemory<uint> tokens, ReadOnlyMemory<float> labels, float weight) = examples[i];
            table.CheckFits(tokens.Span, promptLength, labelKind);
            int expected = labelKind == LabelKind.Series ? 1 : tokens.Length;
            if (labels.Length != expected)
                throw new ArgumentException($"Row {i} of the {part} data has {labels.Length} labels for {tokens.Length} values; expected {expected}.");
            if (labels.Span.IndexOfAnyExcept(0f, 1f) is >= 0 and int at)
                throw new ArgumentException($"Row {i} of the {part} data has the label {labels.Span[at]} at index {at}; expected 0 (normal) or 1 (anomalous).");
            if (!(weight >= 0 && float.IsFinite(weight)))
                throw new ArgumentException($"Row {i} of the {part} data has the weight {weight}; expected a finite number of at least 0.");
        }
    }

    private TrainingResult Run(IProgress<TrainingProgress>? progress, SoftPromptWeights? start, TrainingCheckpoint? checkpoint, CancellationToken cancellation)
    {
        start ??= SoftPromptStart.Make(_backbone, _table, _settings, _random);
        // Without a prompt, or with one that stays as it is, the head alone is trained.
        bool trainsMissingRow = start.PromptLength > 0 && _settings.PromptLearningRate > 0 && _train.Any(e => e.HasMissing);
        var step = new SoftPromptTrainingStep(_backbone, _table, _labelKind, _settings, start, trainsMissingRow);
        var state = new TrainingState();
        int batches = (_train.Count + _settings.BatchSize - 1) / _settings.BatchSize;
        bool resumes = checkpoint?.Begin(TrainingIdentity.Of(_backbone, _table, _labelKind, _train, _validation.Examples, _settings, start), state, step, _settings, batches, _validation) ?? false;
        EpochChoice choice = state.Choose(_settings);
        var clock = new TrainingClock(_settings.Epochs, _train.Count, _settings.BatchSize, (state.Epoch - 1) * batches + state.Batch);
        var schedule = LearningRateSchedule.WithWarmUp(_settings.Epochs * batches, _settings.WarmUp, _settings.LearningRateDecay);
        TrainingExample[] order = _train.ToArray();
        // A random generator's state cannot be stored: the orders of the epochs before are drawn again.
        for (int epoch = 1; epoch <= state.History.Count; epoch++)
            _random.Shuffle(order);

        void Report() => progress?.Report(clock.At(state.Epoch, state.Batch, state.Loss, state.History, choice.HasSettled));
        try
        {
            if (resumes && state.Batch > 0)
                Report();
            while (state.History.Count < (_settings.LastEpoch ?? _settings.Epochs) && !choice.HasSettled)
            {
                if (state.EpochHasEnded)
                    state.BeginNextEpoch();
                _random.Shuffle(order);
                while (state.Batch < batches)
                {
                    TrainBatch(state, step, order, batches, schedule, cancellation);
                    if (state.Batch == batches)
                        break;
                    checkpoint?.SaveIfDue(state, step);
                    Report();
                }
                EndEpoch(state, step, choice, schedule.Factor(state.Epoch * batches - 1), cancellation);
                checkpoint?.Save(state, step);
                Report();
            }
        }
        catch (OperationCanceledException cancelled) when (checkpoint is not null)
        {
            SaveCancelled(checkpoint, state, step, cancelled);
            throw;
        }
        return Result(state, step.Weights);
    }

    private void TrainBatch(TrainingState state, SoftPromptTrainingStep step, TrainingExample[] order, int batches, LearningRateSchedule schedule, CancellationToken cancellation)
    {
        int from = state.Batch * _settings.BatchSize;
        ReadOnlySpan<TrainingExample> examples = order.AsSpan(from, Math.Min(_settings.BatchSize, order.Length - from));
        double loss = step.Run(examples, schedule.Factor((state.Epoch - 1) * batches + state.Batch), cancellation);
        if (!double.IsFinite(loss))
            throw new InvalidOperationException($"The loss or its gradient is no longer finite in batch {state.Batch + 1} of {batches} of epoch {state.Epoch}; training stopped. "
                + "Lower the learning rates of the prompt and the head, and check the backbone's weights.");
        state.Batch++;
        state.Loss = loss;
        state.LossSum += loss * examples.Length;
        state.Judged += step.Logits.Length;
        float thresholdWithoutValidation = ThresholdChoice.Make(_settings, best: null, PlattScaling.None).Threshold;
        foreach (float logit in step.Logits)
            state.Flagged += logit > thresholdWithoutValidation ? 1 : 0;
    }

    private void EndEpoch(TrainingState state, SoftPromptTrainingStep step, EpochChoice choice, double rateFactor, CancellationToken cancellation)
    {
        ValidatedEpoch? now = _validation.HasBothClasses ? _validation.Validate(state.Epoch, _backbone, _table, Parameters(step.Weights), cancellation) : null;
        var epoch = new TrainingEpoch(state.Epoch, state.LossSum / _train.Count, _settings.PromptLearningRate * rateFactor, now?.Loss, now?.Metrics.AveragePrecision,
            now?.Metrics.AreaUnderRoc, now?.Metrics.Accuracy);
        state.History.Add(epoch);
        if (now is not null && choice.Add(epoch))
            (state.Best, state.BestWeights) = (now, step.Weights);
    }

    private static void SaveCancelled(TrainingCheckpoint checkpoint, TrainingState state, SoftPromptTrainingStep step, OperationCanceledException cancelled)
    {
        try
        {
            // Before an epoch's first batch there is nothing new: the epoch before was written when it ended.
            if (state.Batch > 0)
                checkpoint.Save(state, step);
        }
        catch (IOException fault)
        {
            throw new OperationCanceledException($"The training was cancelled, and its checkpoint could not be written: {fault.Message} The checkpoint before stands.", fault, cancelled.CancellationToken);
        }
    }

    private TrainingResult Result(TrainingState state, SoftPromptWeights last)
    {
        (ValidatedEpoch? best, List<TrainingEpoch> history, long flagged, long judged) = (state.Best, state.History, state.Flagged, state.Judged);
        List<string> warnings = [];
        if (best is null && _settings.EarlyStopping != SoftPromptEarlyStopping.None)
            warnings.Add($"Early stopping had no validation rows of both classes to go by: all {history.Count} epochs ran.");
        PlattScaling? calibration = best is not null && _settings.Calibration == SoftPromptCalibration.Platt ? Calibrate(best, warnings) : null;
        PlattScaling probability = calibration ?? PlattScaling.None;
        (float threshold, string? warning) = ThresholdChoice.Make(_settings, best, probability);
        if (warning is not null)
            warnings.Add(warning);
        BinaryMetrics? metrics = best is null ? null : BinaryMetrics.Compute(best.Logits, best.Labels, threshold);
        if (metrics is not null)
            (flagged, judged) = (metrics.TruePositives + metrics.FalsePositives, metrics.Count);
        if (flagged == 0 || flagged == judged)
            warnings.Add($"All {judged} predictions on the {(best is null ? "training data in the last epoch" : "validation data")} fall on one class ({(flagged == 0 ? "normal" : "anomalous")}): "
                + FormattableString.Invariant($"with the threshold at probability {probability.ToProbability(threshold):0.###} the model tells nothing apart. Try more epochs, another threshold, learning rate or number of bins, or balance the classes."));
        SoftPromptParameters learned = Parameters(state.BestWeights ?? last) with { Threshold = threshold, Calibration = calibration };
        return new TrainingResult(learned, history, best?.Epoch ?? history.Count, metrics, warnings);
    }

    /// <summary>A sigmoid that falls with the score would call the less anomalous the more probable, so it is not used.</summary>
    private static PlattScaling? Calibrate(ValidatedEpoch best, List<string> warnings)
    {
        var scaling = PlattScaling.Fit(best.Logits, best.Labels);
        if (scaling.Slope > 0)
            return scaling;
        warnings.Add(FormattableString.Invariant($"The probability is not calibrated: on the validation data it would not rise with the score (slope {scaling.Slope:0.###}). Nothing useful was learned, or the validation data are of another kind."));
        return null;
    }

    private SoftPromptParameters Parameters(SoftPromptWeights weights) => new(weights, _settings.Pooling, _labelKind, _table.BinCount, ThresholdChoice.Even);
}
