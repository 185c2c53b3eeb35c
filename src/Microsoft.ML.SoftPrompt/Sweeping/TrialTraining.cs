using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Sweeping;

/// <summary>Trains a trial: windows, balanced where it says so, tokens, soft prompt; and judges it on the validation readings.</summary>
/// <param name="train">What trains.</param>
/// <param name="validation">What chooses the epoch and judges.</param>
/// <param name="options">Those of the sweep.</param>
/// <param name="backbone">The one model that all trials share.</param>
internal sealed class TrialTraining(LabeledReadings train, LabeledReadings validation, SoftPromptSweep.Options options, IBackbone backbone)
{
    private const string Tokens = "Tokens";

    /// <summary>Trains up to an epoch of all; the learning rates are those of all epochs.</summary>
    /// <param name="values">The trial's parameters.</param>
    /// <param name="lastEpoch">The epoch to stop after.</param>
    /// <param name="checkpoints">Where the training stands and goes on from; null to train from the start.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellation">Asked within every batch.</param>
    public TrialModel Run(SweepValues values, int lastEpoch, string? checkpoints, IProgress<TrainingProgress> progress, CancellationToken cancellation)
    {
        // One of its own, so that what the stages warn of is known to be of this trial.
        var ml = new MLContext();
        var warnings = new List<string>();
        ml.Log += (_, message) =>
        {
            lock (warnings)
                if (message.Kind == ChannelMessageKind.Warning && !warnings.Contains(message.RawMessage))
                    warnings.Add(message.RawMessage);
        };
        IDataView windows = train.Windows(values);
        IDataView trainWindows = values.TSmoteRatio is { } ratio ? Balance(ml, windows, values, ratio) : windows;
        QuantizingTransformer quantizer = ml.Transforms.QuantizeSeries(new QuantizingEstimator.Options
        {
            OutputColumnName = Tokens,
            InputColumnName = LabeledReadings.Series,
            BinCount = values.BinCount,
            GroupColumnName = values.Scaling == SweepScaling.Group ? options.GroupColumnName : null,
            ScaleEachSeries = values.Scaling == SweepScaling.Window,
        }).Fit(trainWindows);
        SoftPromptAnomalyTransformer predictor = ml.AnomalyDetection.Trainers.SoftPrompt(TrainerOptions(values, lastEpoch, checkpoints, progress, cancellation))
            .Fit(quantizer.Transform(trainWindows), quantizer.Transform(validation.Windows(values)));
        cancellation.ThrowIfCancellationRequested();
        var chain = new TransformerChain<ITransformer>(quantizer, predictor);
        SoftPromptModelParameters model = predictor.Model;
        var rung = new SweepRung(lastEpoch, model.BestEpoch, validation.Judge(chain, values, model.ScoreThreshold, cancellation));
        // A copy: whatever the model is used for later says more.
        lock (warnings)
            return new TrialModel(chain, model, windows.Schema, rung, warnings.ToArray());
    }

    private SoftPromptAnomalyTrainer.Options TrainerOptions(SweepValues values, int lastEpoch, string? checkpoints, IProgress<TrainingProgress> progress, CancellationToken cancellation)
    {
        SoftPromptAnomalyTrainer.Options own = options.Trainer.Copy();
        own.LabelColumnName = LabeledReadings.Label;
        own.FeatureColumnName = Tokens;
        own.PromptLength = values.PromptLength;
        own.PromptLearningRate = values.PromptLearningRate;
        own.HeadLearningRate = values.HeadLearningRate;
        own.Pooling = values.Pooling;
        own.Seed = options.Seed;
        own.EmbedBackbone = options.Trainer.EmbedsBackbone;
        (own.Backbone, own.BackbonePath, own.BackbonePrecision) = (backbone, null, WeightPrecision.Full);
        own.CheckpointDirectory = checkpoints;
        own.LastEpoch = lastEpoch;
        own.Progress = progress;
        own.CancellationToken = cancellation;
        return own;
    }

    private IDataView Balance(MLContext ml, IDataView windows, SweepValues values, double ratio) => ml.Transforms.BalanceTSmote(new TSmoteBalancer.Options
    {
        ColumnName = LabeledReadings.Series,
        LabelColumnName = LabeledReadings.Label,
        TargetRatio = ratio,
        NeighbourCount = options.NeighbourCount,
        // Between windows of groups that differ in scale lies one of neither.
        NeighbourGroupColumnName = values.Scaling == SweepScaling.Group ? options.GroupColumnName : null,
        // The readings that validate were held out before.
        ValidationFraction = 0,
        Seed = options.Seed,
    }).Fit(windows).Balance(windows);
}

/// <summary>What a trial's training gave.</summary>
/// <param name="Chain">Quantizer and predictor.</param>
/// <param name="Parameters">What was learned.</param>
/// <param name="InputSchema">The windows' schema.</param>
/// <param name="Rung">What it is worth.</param>
/// <param name="Warnings">What the stages warned of.</param>
internal sealed record TrialModel(TransformerChain<ITransformer> Chain, SoftPromptModelParameters Parameters, DataViewSchema InputSchema, SweepRung Rung, IReadOnlyList<string> Warnings);
