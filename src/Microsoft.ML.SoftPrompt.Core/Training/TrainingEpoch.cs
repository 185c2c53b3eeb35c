namespace Microsoft.ML.SoftPrompt;

/// <summary>What one epoch of a training came to.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="TrainLoss">Mean loss over the epoch's batches, each taken before its own update: binary cross-entropy, or as the trainer's options weight and focus it.</param>
/// <param name="LearningRate">The prompt's learning rate at the epoch's last step.</param>
/// <param name="ValidationLoss">The same mean loss on the validation rows after the epoch; none without validation.</param>
/// <param name="ValidationAveragePrecision">Average precision there, 0 to 1.</param>
/// <param name="ValidationAuroc">Area under the receiver operating characteristic there, 0 to 1.</param>
/// <param name="ValidationAccuracy">Accuracy there at probability 0.5, 0 to 1.</param>
public sealed record TrainingEpoch(int Epoch, double TrainLoss, double LearningRate, double? ValidationLoss, double? ValidationAveragePrecision, double? ValidationAuroc,
    double? ValidationAccuracy);
