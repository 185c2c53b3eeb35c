using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>What the parameters of an epoch's end answer on the validation rows.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Logits">One a row, or one a point.</param>
/// <param name="Labels">Whether each is anomalous.</param>
/// <param name="Loss">The mean loss, each row times its weight.</param>
/// <param name="Metrics">At probability 0.5.</param>
internal sealed record ValidatedEpoch(int Epoch, double[] Logits, bool[] Labels, double Loss, BinaryMetrics Metrics);
