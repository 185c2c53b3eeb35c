using System.Runtime.ExceptionServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>The one scheduler of the process: all computation of the engine runs on the threads it allows.</summary>
public static class Scheduler
{
    private static volatile int _maxThreads = Environment.ProcessorCount;

    /// <summary>Calls of the engine that are under way.</summary>
    private static int s_calls;

    [ThreadStatic]
    private static bool _working;

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

    /// <summary>
    /// Notes that a call of the engine begins on this thread, and gives the threads that it may use, its own among them: those that no
    /// other call has; within an item, its own alone.
    /// </summary>
    internal static int BeginCall()
    {
        int others = Interlocked.Increment(ref s_calls) - 1;
        return _working ? 1 : Math.Max(1, _maxThreads - others);
    }

    /// <summary>Notes that a call has ended.</summary>
    internal static void EndCall() => Interlocked.Decrement(ref s_calls);

    /// <summary>
    /// Runs the items 0 … count − 1; workers claim the next one when they are free, since cores differ in speed. Within an item a further
    /// call runs inline. What an item throws comes out as it was thrown, the first one where several do.
    /// </summary>
    internal static void Run(int count, Action<int> body, CancellationToken cancellation = default)
    {
        int threads = _working ? 1 : Math.Min(_maxThreads, count);
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
        ExceptionDispatchInfo? failure = null;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
        {
            bool outermost = !_working;
            _working = true;
            try
            {
                while (failure is null && !cancellation.IsCancellationRequested && Interlocked.Increment(ref next) is int i && i < count)
                    body(i);
            }
#pragma warning disable CA1031 // Whatever it is, the caller gets it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
            }
            finally
            {
                if (outermost)
                    _working = false;
            }
        });
        failure?.Throw();
        cancellation.ThrowIfCancellationRequested();
    }
}
