namespace Microsoft.ML.SoftPrompt;

/// <summary>How far a <see cref="SoftPromptSweep"/> is. Reports come one at a time, from the threads of the trials.</summary>
/// <param name="Trial">The trial that this is about, as it is now.</param>
/// <param name="Training">How far its training is; null where the trial was just judged, or ended.</param>
/// <param name="Trials">The trials of the sweep, at most.</param>
/// <param name="Done">How many of them finished, were pruned or failed.</param>
/// <param name="Share">The share of all epochs of the sweep that are done, 0 to 1.</param>
/// <param name="Best">The best trial so far; null before the first was judged.</param>
/// <param name="Elapsed">Time since this run began.</param>
/// <param name="EstimatedRemaining">What is left at the speed so far, at most up to the time limit; null before the first epoch.</param>
public sealed record SweepProgress(SweepTrial Trial, TrainingProgress? Training, int Trials, int Done, double Share, SweepTrial? Best, TimeSpan Elapsed, TimeSpan? EstimatedRemaining);
