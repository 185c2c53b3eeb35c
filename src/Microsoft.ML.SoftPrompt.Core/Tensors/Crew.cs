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

    private readonly int[] _claimed;
    private readonly int[] _done;
    private ICrewWork? _work;
    private ExceptionDispatchInfo? _failure;
    private int _inside = Closed;
    private int _joined;
    private int _size;

    /// <param name="phases">The most phases that a piece of work has.</param>
    public Crew(int phases)
    {
        _claimed = new int[phases];
        _done = new int[phases];
    }

    internal bool IsAlone => _size == 1;

    internal bool HasFailed => _failure is not null;

    /// <summary>Runs a piece of work on the calling thread and on up to <paramref name="threads"/> − 1 others. What one throws comes out here.</summary>
    public void Run(ICrewWork work, int threads)
    {
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

/// <summary>One thread's way through the phases of a crew's work. Every member must go through the same phases with the same counts.</summary>
internal ref struct CrewMember(Crew crew, int index)
{
    private readonly bool _alone = crew.IsAlone;
    private int _phase = -1;
    private int _count;
    private int _claimed;

    /// <summary>Gets which member this is, 0 … threads − 1: scratch is one's own.</summary>
    public int Index { get; } = index;

    /// <summary>Gets whether no other thread was asked to join.</summary>
    public readonly bool IsAlone => _alone;

    /// <summary>Begins the next phase, of <paramref name="count"/> items; <see cref="Next"/> until it says that there are no more.</summary>
    public void Begin(int count)
    {
        _phase++;
        _count = count;
        _claimed = 0;
    }

    /// <summary>Claims an item. When all are claimed, waits until all are done, and says so.</summary>
    public bool Next(out int item)
    {
        item = _alone ? _claimed : crew.Claim(_phase);
        if (item < _count)
        {
            _claimed++;
            return true;
        }
        if (!_alone)
            crew.Finish(_phase, _claimed, _count);
        return false;
    }
}
