using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>Trains on series: windows, tokens, soft prompt.</summary>
internal static class Learner
{
    public static LearnedModel Fit(MLContext ml, IReadOnlyList<ReadingSeries> train, IReadOnlyList<ReadingSeries> validation, TrainingSettings settings,
        IProgress<TrainingProgress> progress, CancellationToken cancellation)
    {
        Check(train, validation, settings);
        IDataView trainWindows = SeriesRows.Windows(ml, train, settings, TrailingReadings.Drop, labels: true);
        QuantizingTransformer quantizer = ml.Transforms.QuantizeSeries(
            SeriesRows.Tokens, SeriesRows.Series, settings.Bins, settings.Scale == SeriesScale.Group ? SeriesRows.Group : null).Fit(trainWindows);
        SoftPromptAnomalyTrainer trainer = ml.AnomalyDetection.Trainers.SoftPrompt(new SoftPromptAnomalyTrainer.Options
        {
            LabelColumnName = SeriesRows.Label,
            FeatureColumnName = SeriesRows.Tokens,
            PromptLength = settings.PromptLength,
            MaxEpochs = settings.Epochs,
            BatchSize = settings.BatchSize,
            PromptLearningRate = settings.PromptLearningRate,
            HeadLearningRate = settings.HeadLearningRate,
            // The split decides what is held back, never the trainer.
            ValidationFraction = 0,
            Seed = settings.Seed,
            BackbonePath = settings.Backbone,
            Progress = progress,
            CancellationToken = cancellation,
        });
        IDataView trainTokens = quantizer.Transform(trainWindows);
        SoftPromptAnomalyTransformer predictor = validation.Count == 0
            ? trainer.Fit(trainTokens)
            : trainer.Fit(trainTokens, quantizer.Transform(SeriesRows.Windows(ml, validation, settings, TrailingReadings.Drop, labels: true)));
        cancellation.ThrowIfCancellationRequested();
        return new LearnedModel(new TransformerChain<ITransformer>(quantizer, predictor), predictor.Model, trainWindows.Schema);
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
/// <param name="WindowsSchema">The schema that the chain was fitted on.</param>
internal sealed record LearnedModel(ITransformer Chain, SoftPromptModelParameters Parameters, DataViewSchema WindowsSchema);
