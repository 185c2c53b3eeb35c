namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>The one scheduler of the process: all computation of the engine runs on the threads it allows.</summary>
public static class Scheduler
{
    private static volatile int _maxThreads = Environment.ProcessorCount;

    /// <summary>
    /// Gets or sets the number of threads that one piece of work may use, the caller's among them. Results do not depend on it.
    /// </summary>
    /// <value>At least 1; the default is the number of processors.</value>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public static int MaxThreads
    {
        get => _maxThreads;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _maxThreads = value;
        }
    }

    /// <summary>Runs the items 0 … count − 1; workers claim the next one when they are free, since cores differ in speed.</summary>
    internal static void Run(int count, Action<int> body, CancellationToken cancellation = default)
    {
        int threads = Math.Min(_maxThreads, count);
        if (threads <= 1)
        {
            for (int i = 0; i < count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                body(i);
            }
            return;
        }
        int next = -1;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < count && !cancellation.IsCancellationRequested; i = Interlocked.Increment(ref next))
                body(i);
        });
        cancellation.ThrowIfCancellationRequested();
    }
}
