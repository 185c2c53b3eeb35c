using System.Collections.Concurrent;

namespace Microsoft.ML.SoftPrompt.Sweeping;

/// <summary>How much of a sweep is done, in epochs, and how long the rest takes.</summary>
internal sealed class SweepClock
{
    private readonly IReadOnlyList<int> _rounds;
    private readonly SoftPromptSweep.Options _options;
    private readonly double _total;
    private readonly long _start;
    private readonly ConcurrentDictionary<(int Trial, int Round), double> _done = [];
    private double _before; // done by a run before this one

    public SweepClock(SweepPlan plan, SoftPromptSweep.Options options)
    {
        (_rounds, _options, _start) = (plan.Rounds, options, options.Clock.GetTimestamp());
        int trials = plan.Trials.Count;
        for (int round = 0; round < _rounds.Count; round++, trials = SweepPlan.Promoted(trials, options.HalvingRate))
            _total += (double)trials * EpochsOf(round);
    }

    public TimeSpan Elapsed => _options.Clock.GetElapsedTime(_start);

    /// <summary>The share that is done, 0 to 1.</summary>
    public double Share => Math.Min(1, _done.Values.Sum() / _total);

    public double At(int trial, int round, TrainingProgress training)
    {
        int before = _rounds[round] - EpochsOf(round);
        _done[(trial, round)] = Math.Clamp(training.Epoch - 1 + (double)training.Batch / training.Batches - before, 0, EpochsOf(round));
        return Share;
    }

    public void Finish(int trial, int round) => _done[(trial, round)] = EpochsOf(round);

    /// <summary>Notes what was done by a run before this one.</summary>
    public void Skip(int trial, int round)
    {
        Finish(trial, round);
        double share = EpochsOf(round) / _total;
        double seen;
        do
            seen = _before;
        while (Interlocked.CompareExchange(ref _before, seen + share, seen) != seen);
    }

    public TimeSpan? Remaining(double share)
    {
        double own = share - _before;
        if (own <= 0)
            return null;
        TimeSpan rest = Elapsed * ((1 - share) / own);
        TimeSpan? limit = _options.TimeLimit - Elapsed;
        return limit < rest ? (limit < TimeSpan.Zero ? TimeSpan.Zero : limit) : rest;
    }

    private int EpochsOf(int round) => _rounds[round] - (round == 0 ? 0 : _rounds[round - 1]);
}
