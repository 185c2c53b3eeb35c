namespace Microsoft.ML.SoftPrompt;

/// <summary>How far a training is; reported when a training goes on from a checkpoint, after every batch, and after the validation that follows an epoch's last batch.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">Number of epochs, at most; early stopping may end the training sooner.</param>
/// <param name="Batch">The batch just done, from 1.</param>
/// <param name="Batches">Number of batches in an epoch.</param>
/// <param name="Loss">The batch's mean loss before its update.</param>
/// <param name="ValidationAveragePrecision">Average precision after the last finished epoch, 0 to 1; none without validation or before the first.</param>
/// <param name="Elapsed">Time since the training began.</param>
/// <param name="EstimatedRemaining">What the remaining steps of all epochs take at the speed so far, at most where early stopping may end the training sooner; zero in the last report.</param>
/// <param name="SeriesPerSecond">Training series done a second since the training began.</param>
public sealed record TrainingProgress(int Epoch, int Epochs, int Batch, int Batches, double Loss, double? ValidationAveragePrecision, TimeSpan Elapsed,
    TimeSpan EstimatedRemaining, double SeriesPerSecond)
{
    /// <summary>Gets how many batches a checkpoint had: the training went on behind them, and time and rate count from there. 0 for a training from the start.</summary>
    public int ResumedBatches { get; init; }
}
