using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt;

/// <summary>A trial of a <see cref="SoftPromptSweep"/>: what was tried and what came of it.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Values">Its parameters.</param>
/// <param name="Status">How far it came.</param>
/// <param name="Epochs">Epochs that it was trained for.</param>
/// <param name="Rungs">What it was worth each time it was judged, in order: once at the end, or after every round of successive halving; empty where it never was.</param>
/// <param name="History">What each epoch came to. The validation metrics in it are over the trial's own windows: they choose its epoch, and compare trials of one window size only.</param>
/// <param name="Reason">Why it failed; null where it did not.</param>
/// <param name="Warnings">What its stages warned of.</param>
/// <param name="Duration">Time spent on it.</param>
public sealed record SweepTrial(int Number, SweepValues Values, SweepTrialStatus Status, int Epochs, IReadOnlyList<SweepRung> Rungs, IReadOnlyList<TrainingEpoch> History,
    string? Reason, IReadOnlyList<string> Warnings, TimeSpan Duration)
{
    /// <summary>Gets the metrics over the validation readings when it was judged last; null where it never was.</summary>
    public BinaryMetrics? Validation => Rungs.Count == 0 ? null : Rungs[^1].Validation;
}

/// <summary>What a trial was worth after some epochs.</summary>
/// <param name="Epochs">The epochs, of which the best by the trial's own validation windows was kept.</param>
/// <param name="BestEpoch">That epoch, from 1.</param>
/// <param name="Validation">The metrics over the validation readings, the same for every trial: a reading's score is the mean of those of the windows that hold it.</param>
public sealed record SweepRung(int Epochs, int BestEpoch, BinaryMetrics Validation);
