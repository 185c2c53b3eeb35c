using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>How a training went: what a model file keeps beside the learned rows. Files of before version 3 knew full precision alone.</summary>
internal sealed record TrainingSummary(BackboneFingerprint Backbone, bool TruncatesLongSeries, int Seed, int BestEpoch, string ValidationNote,
    BinaryMetrics? ValidationMetrics, IReadOnlyList<TrainingEpoch> History, WeightPrecision BackbonePrecision = WeightPrecision.Full);
