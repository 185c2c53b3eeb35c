using System.Runtime.ExceptionServices;

namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>Work that several threads go through together, each running the same code.</summary>
internal interface ICrewWork
{
    void Run(ref CrewMember member);
}

/// <summary>
/// Threads that go through one piece of work together, phase by phase: each claims items of a phase and leaves it when all its items are
/// done. Nobody waits for a thread that has not come: who comes late finds the first phases finished and passes through them.
/// Made for phases of some ten microseconds; <see cref="Scheduler.Run(int, Action{int}, CancellationToken)"/> serves larger pieces.
/// </summary>
internal sealed class Crew : IThreadPoolWorkItem
{
    /// <summary>State of a crew that lets nobody in; above it, the number of threads inside.</summary>
    private const int Closed = -1;

    private int[] _claimed = [];
    private int[] _done = [];
    private ICrewWork? _work;
    private ExceptionDispatchInfo? _failure;
    private int _inside = Closed;
    private int _joined;
    private int _size;

    internal bool IsAlone => _size == 1;

    internal bool HasFailed => _failure is not null;

    /// <summary>Runs a piece of work on the calling thread and on up to <paramref name="threads"/> − 1 others. What one throws comes out here.</summary>
    /// <param name="work">The work.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="phases">The most phases that the work has.</param>
    public void Run(ICrewWork work, int threads, int phases)
    {
        if (_claimed.Length < phases)
            (_claimed, _done) = (new int[phases], new int[phases]);
        Array.Clear(_claimed);
        Array.Clear(_done);
        _work = work;
        _failure = null;
        _size = threads;
        _joined = 1;
        Volatile.Write(ref _inside, 0);
        for (int i = 1; i < threads; i++)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        try
        {
            CrewMember caller = new(this, 0);
            work.Run(ref caller);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        SpinWait spin = default;
        while (Interlocked.CompareExchange(ref _inside, Closed, 0) != 0)
            spin.SpinOnce(sleep1Threshold: -1);
        _work = null;
        _failure?.Throw();
    }

    /// <summary>Joins the work, unless it is over or has threads enough: a pool thread may come when the next work is under way.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        int inside;
        do
        {
            inside = Volatile.Read(ref _inside);
            if (inside == Closed)
                return;
        }
        while (Interlocked.CompareExchange(ref _inside, inside + 1, inside) != inside);
        try
        {
            int index = Interlocked.Increment(ref _joined) - 1;
            if (index < _size)
            {
                CrewMember member = new(this, index);
                _work!.Run(ref member);
            }
        }
#pragma warning disable CA1031 // Whatever it is, the caller gets it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    internal int Claim(int phase) => Interlocked.Increment(ref _claimed[phase]) - 1;

    /// <summary>Reports items as done and waits for those of the others.</summary>
    internal void Finish(int phase, int mine, int count)
    {
        if (mine > 0)
            Interlocked.Add(ref _done[phase], mine);
        SpinWait spin = default;
        while (Volatile.Read(ref _done[phase]) < count)
        {
            if (HasFailed)
                throw new OperationCanceledException("Another thread of this piece of work failed.");
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void Fail(Exception exception) => Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
}

/// <summary>One thread's way through the phases of a crew's work. Every member must go through the same phases with the same counts. The default is a thread alone, without a crew.</summary>
internal ref struct CrewMember(Crew crew, int index)
{
    private readonly Crew? _crew = crew.IsAlone ? null : crew;
    private int _phases = 0;
    private int _count;
    private int _claimed;

    /// <summary>Gets which member this is, 0 … threads − 1: scratch is one's own.</summary>
    public readonly int Index { get; } = index;

    /// <summary>Gets whether no other thread was asked to join.</summary>
    public readonly bool IsAlone => _crew is null;

    /// <summary>Begins the next phase, of <paramref name="count"/> items; <see cref="Next"/> until it says that there are no more.</summary>
    public void Begin(int count)
    {
        _phases++;
        _count = count;
        _claimed = 0;
    }

    /// <summary>Claims an item. When all are claimed, waits until all are done, and says so.</summary>
    public bool Next(out int item)
    {
        item = _crew is null ? _claimed : _crew.Claim(_phases - 1);
        if (item < _count)
        {
            _claimed++;
            return true;
        }
        _crew?.Finish(_phases - 1, _claimed, _count);
        return false;
    }
}
