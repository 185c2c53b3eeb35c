using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>What a training leaves.</summary>
/// <param name="Weights">Those of the epoch kept.</param>
/// <param name="History">An entry for each epoch.</param>
/// <param name="BestEpoch">The epoch kept, from 1.</param>
/// <param name="Threshold">The logit strictly above which a series or value is anomalous: the best F1 on the validation series, 0 without them.</param>
/// <param name="Validation">The metrics there at the threshold; none without validation.</param>
internal sealed record LstmTrainingResult(LstmWeights Weights, IReadOnlyList<TrainingEpoch> History, int BestEpoch, float Threshold, BinaryMetrics? Validation);
