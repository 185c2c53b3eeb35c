using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>Trains on series: windows, balanced where that is asked for, tokens, soft prompt.</summary>
internal static class Learner
{
    /// <param name="checkpoint">The folder of the training's checkpoint; null for none.</param>
    public static LearnedModel Fit(MLContext ml, IReadOnlyList<ReadingSeries> train, IReadOnlyList<ReadingSeries> validation, TrainingSettings settings,
        IProgress<TrainingProgress> progress, CancellationToken cancellation, string? checkpoint = null)
    {
        Check(train, validation, settings);
        IDataView windows = SeriesRows.Windows(ml, train, settings, TrailingReadings.Drop, labels: true);
        IDataView trainWindows = settings.Balance is { } ratio ? Balanced(ml, windows, settings, ratio) : windows;
        QuantizingTransformer quantizer = ml.Transforms.QuantizeSeries(new QuantizingEstimator.Options
        {
            OutputColumnName = SeriesRows.Tokens,
            InputColumnName = SeriesRows.Series,
            BinCount = settings.Bins,
            GroupColumnName = settings.Scale == SeriesScale.Group ? SeriesRows.Group : null,
            ScaleEachSeries = settings.Scale == SeriesScale.Window,
        }).Fit(trainWindows);
        SoftPromptAnomalyTrainer trainer = ml.AnomalyDetection.Trainers.SoftPrompt(new SoftPromptAnomalyTrainer.Options
        {
            LabelColumnName = SeriesRows.Label,
            FeatureColumnName = SeriesRows.Tokens,
            PromptLength = settings.PromptLength,
            MaxEpochs = settings.Epochs,
            BatchSize = settings.BatchSize,
            PromptLearningRate = settings.PromptLearningRate,
            HeadLearningRate = settings.HeadLearningRate,
            Pooling = settings.Pooling,
            PositiveClassWeight = settings.PositiveWeight,
            EarlyStopping = settings.EarlyStopping,
            Patience = settings.Patience,
            Threshold = settings.Threshold,
            ThresholdTarget = settings.ThresholdTarget,
            Calibration = settings.Calibrate ? SoftPromptCalibration.Platt : SoftPromptCalibration.None,
            // The split decides what is held back, never the trainer.
            ValidationFraction = 0,
            Seed = settings.Seed,
            BackbonePath = settings.Backbone,
            BackbonePrecision = settings.BackbonePrecision,
            CheckpointDirectory = checkpoint,
            Progress = progress,
            CancellationToken = cancellation,
        });
        IDataView trainTokens = quantizer.Transform(trainWindows);
        SoftPromptAnomalyTransformer predictor = validation.Count == 0
            ? trainer.Fit(trainTokens)
            : trainer.Fit(trainTokens, quantizer.Transform(SeriesRows.Windows(ml, validation, settings, TrailingReadings.Drop, labels: true)));
        cancellation.ThrowIfCancellationRequested();
        // Synthetic windows are for training: the balancer is no part of the model.
        int synthetic = settings.Balance is null ? 0 : ml.Data.CreateEnumerable<BalancedRow>(trainWindows, reuseRowObject: true).Count(row => row.IsSynthetic);
        return new LearnedModel(new TransformerChain<ITransformer>(quantizer, predictor), predictor.Model, windows.Schema, synthetic);
    }

    private static IDataView Balanced(MLContext ml, IDataView windows, TrainingSettings settings, double ratio)
    {
        TSmoteBalancer balancer = ml.Transforms.BalanceTSmote(new TSmoteBalancer.Options
        {
            ColumnName = SeriesRows.Series,
            LabelColumnName = SeriesRows.Label,
            TargetRatio = ratio,
            NeighbourCount = settings.Neighbours,
            // Between windows of groups that differ in scale lies one of neither.
            NeighbourGroupColumnName = settings.Scale == SeriesScale.Group ? SeriesRows.Group : null,
            ValidationFraction = 0,
            Seed = settings.Seed,
        });
        try
        {
            return balancer.Fit(windows).Balance(windows);
        }
        catch (InvalidOperationException fault)
        {
            throw new ToolException($"The training windows cannot be balanced. {fault.Message} On the command line NeighbourCount is --neighbours; "
                + "a smaller --stride gives more windows, and --scale all lets windows of all groups be neighbours.", fault);
        }
    }

    private sealed class BalancedRow
    {
        public bool IsSynthetic { get; set; }
    }

    /// <summary>Refuses, before any work, what cannot be learned from.</summary>
    private static void Check(IReadOnlyList<ReadingSeries> train, IReadOnlyList<ReadingSeries> validation, TrainingSettings settings)
    {
        CheckLength(train, "training", settings);
        if (validation.Count > 0)
            CheckLength(validation, "validation", settings);
        IReadOnlyList<JudgedItem> items = JudgedItems.Of(train, settings);
        int anomalous = items.Count(item => item.IsAnomaly);
        if (anomalous == 0 || anomalous == items.Count)
        {
            string what = settings.PointLabels ? "readings" : "windows";
            throw new ToolException($"The training part has one class only: {(anomalous == 0 ? "none" : "all")} of its {items.Count} {what} are anomalous. "
                + "Both are needed to learn from; check the labels, or give training more of the data with --split.");
        }
    }

    private static void CheckLength(IReadOnlyList<ReadingSeries> part, string name, TrainingSettings settings)
    {
        int longest = part.Max(series => series.Count);
        if (longest < settings.Window)
            throw new ToolException($"A window of {settings.Window} readings is longer than every series of the {name} part: the longest of {part.Count} has {longest}. "
                + "Choose a smaller --window or another --split (none trains on everything).");
    }
}

/// <param name="Chain">Quantizer and predictor, ready to be saved.</param>
/// <param name="WindowsSchema">The schema of the windows that the chain takes.</param>
/// <param name="SyntheticWindows">How many windows were made to balance the classes.</param>
internal sealed record LearnedModel(ITransformer Chain, SoftPromptModelParameters Parameters, DataViewSchema WindowsSchema, int SyntheticWindows);
