using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Lstm;

/// <summary>How a training went: what a model file keeps beside the learned numbers.</summary>
internal sealed record LstmSummary(int Seed, int BestEpoch, string ValidationNote, BinaryMetrics? ValidationMetrics, IReadOnlyList<TrainingEpoch> History);
