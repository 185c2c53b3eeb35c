using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>What a training leaves.</summary>
/// <param name="Parameters">The prompt and head of the best epoch, with the decision threshold.</param>
/// <param name="History">An entry for each epoch that ran.</param>
/// <param name="BestEpoch">The epoch whose parameters were kept, from 1.</param>
/// <param name="Validation">The metrics of the kept parameters on the validation rows, at the chosen threshold; none without validation.</param>
/// <param name="Warnings">Sentences for the log.</param>
internal sealed record TrainingResult(SoftPromptParameters Parameters, IReadOnlyList<TrainingEpoch> History, int BestEpoch, BinaryMetrics? Validation,
    IReadOnlyList<string> Warnings);
