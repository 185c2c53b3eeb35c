using System.Threading.Channels;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Scoring;

/// <summary>What was accepted and is not scored yet, bounded by its windows.</summary>
internal sealed class ScoringQueue
{
    // Bounded by the count of windows below; a bound on jobs would say little, since some are a thousand times as long as others.
    private readonly Channel<QueuedJob> _jobs = Channel.CreateUnbounded<QueuedJob>(new UnboundedChannelOptions { SingleReader = true });
    private readonly int _capacity;
    private long _windows;

    public ScoringQueue(SoftPromptModelOptions options, ServingMetrics metrics)
    {
        _capacity = options.MaxQueuedWindows;
        metrics.ObserveQueue(() => Windows);
    }

    public ChannelReader<QueuedJob> Jobs => _jobs.Reader;

    /// <summary>Gets the windows that were accepted and are not scored.</summary>
    public long Windows => Interlocked.Read(ref _windows);

    /// <summary>Accepts a job, or not where its windows would be too many or the application ends.</summary>
    public bool TryAdd(QueuedJob job)
    {
        if (Interlocked.Add(ref _windows, job.Windows) <= _capacity && _jobs.Writer.TryWrite(job))
            return true;
        Leave(job.Windows);
        return false;
    }

    /// <summary>Gives places back: the windows were scored, or nobody waits for them.</summary>
    public void Leave(int windows) => Interlocked.Add(ref _windows, -windows);

    /// <summary>Accepts nothing more.</summary>
    public void Close() => _jobs.Writer.TryComplete();
}
