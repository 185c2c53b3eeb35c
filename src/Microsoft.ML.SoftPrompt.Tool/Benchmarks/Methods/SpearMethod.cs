using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Tool.Commands;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;

/// <summary>SPEAR as a method of a comparison: the stages QuantizeSeries and SoftPrompt, as anyone would chain them.</summary>
/// <param name="progress">Is told after every batch; may be null.</param>
internal sealed class SpearMethod(MLContext ml, SpearSettings settings, IProgress<TrainingProgress>? progress = null) : IAnomalyMethod
{
    public string Name => "SPEAR";

    public IAnomalyScorer Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation, int seed, CancellationToken cancellation = default)
    {
        IBackbone backbone = BackboneCommand.Open(settings.BackbonePath, WeightPrecision.Full);
        // Where the rows in front never change, neither do the hidden states behind them.
        FrozenStates? states = settings.Prompt == SpearPrompt.Trained ? null : new FrozenStates(backbone);
        SoftPromptAnomalyTrainer.Options options = settings.Trainer(new SoftPromptAnomalyTrainer.Options
        {
            LabelColumnName = SpearRows.Label,
            FeatureColumnName = SpearRows.Tokens,
            // The protocol decides what is held back, never the trainer.
            ValidationFraction = 0,
        });
        (options.Seed, options.Backbone, options.Progress, options.CancellationToken) = (seed, states ?? backbone, progress, cancellation);
        SoftPromptAnomalyTrainer trainer = ml.AnomalyDetection.Trainers.SoftPrompt(options);
        bool labelsPoints = SpearRows.LabelsPoints(training);
        IDataView rows = SpearRows.Load(ml, training, labelsPoints);
        QuantizingTransformer quantizer = FitQuantizer(rows, settings.ScaleEachSeries);
        SoftPromptAnomalyTransformer predictor = validation.Count == 0
            ? trainer.Fit(quantizer.Transform(rows))
            : trainer.Fit(quantizer.Transform(rows), quantizer.Transform(SpearRows.Load(ml, validation, labelsPoints)));
        cancellation.ThrowIfCancellationRequested();
        states?.Forget();
        return new SpearScorer(ml, quantizer, predictor);
    }

    /// <summary>The same trained model for series of another set, whose scale is learned from its training part; no label of it is looked at.</summary>
    /// <param name="scaleEachSeries">Whether each series is scaled by its own range there.</param>
    public SpearScorer Transfer(SpearScorer trained, IReadOnlyList<LabeledSeries> training, bool scaleEachSeries) =>
        new(ml, FitQuantizer(SpearRows.Load(ml, training), scaleEachSeries), trained.Predictor);

    private QuantizingTransformer FitQuantizer(IDataView rows, bool scaleEachSeries) => ml.Transforms.QuantizeSeries(settings.Quantizer(new QuantizingEstimator.Options
    {
        OutputColumnName = SpearRows.Tokens,
        InputColumnName = SpearRows.Series,
        GroupColumnName = scaleEachSeries ? null : SpearRows.Group,
        ScaleEachSeries = scaleEachSeries,
    })).Fit(rows);
}

/// <summary>A trained SPEAR; scores are logits.</summary>
internal sealed class SpearScorer(MLContext ml, QuantizingTransformer quantizer, SoftPromptAnomalyTransformer predictor) : IAnomalyScorer
{
    public SoftPromptAnomalyTransformer Predictor => predictor;

    public SoftPromptModelParameters Model => predictor.Model;

    public IReadOnlyList<double> Score(IReadOnlyList<LabeledSeries> series, CancellationToken cancellation = default)
    {
        IDataView scored = predictor.Transform(quantizer.Transform(SpearRows.Load(ml, series)));
        var scores = new List<double>(series.Count);
        if (!Model.LabelsPoints)
        {
            foreach (SeriesAnswer answer in ml.Data.CreateEnumerable<SeriesAnswer>(scored, reuseRowObject: true))
            {
                cancellation.ThrowIfCancellationRequested();
                scores.Add(answer.Score);
            }
            return scores;
        }
        foreach (PointAnswer answer in ml.Data.CreateEnumerable<PointAnswer>(scored, reuseRowObject: true))
        {
            cancellation.ThrowIfCancellationRequested();
            scores.AddRange(answer.Score.Select(score => (double)score));
        }
        return scores;
    }

    private sealed class SeriesAnswer
    {
        public float Score { get; set; }
    }

    private sealed class PointAnswer
    {
        public float[] Score { get; set; } = [];
    }
}
