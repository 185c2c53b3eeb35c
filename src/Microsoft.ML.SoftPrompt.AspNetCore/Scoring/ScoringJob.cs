using Microsoft.ML.SoftPrompt.AspNetCore.Models;
using Microsoft.ML.SoftPrompt.Streaming;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Scoring;

/// <summary>What waits to be scored for a request.</summary>
/// <param name="windows">The windows that it has at most; they take its place in the queue.</param>
/// <param name="cancellation">Cancelled when the client gave up.</param>
internal abstract class QueuedJob(int windows, CancellationToken cancellation)
{
    public int Windows { get; } = windows;

    /// <summary>Gets the windows that still hold a place in the queue.</summary>
    public virtual int Waiting => Windows;

    public bool IsAbandoned => cancellation.IsCancellationRequested;

    /// <summary>Ends the wait without an answer.</summary>
    public abstract void Fail(Exception fault);
}

/// <inheritdoc/>
/// <typeparam name="TResult">What the request waits for.</typeparam>
internal abstract class QueuedJob<TResult>(int windows, CancellationToken cancellation) : QueuedJob(windows, cancellation)
{
    private readonly TaskCompletionSource<TResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits for the result, or until the client gives up.</summary>
    public Task<TResult> Wait(CancellationToken cancellation) => _result.Task.WaitAsync(cancellation);

    public void Complete(TResult result) => _result.TrySetResult(result);

    public override void Fail(Exception fault) => _result.TrySetException(fault);
}

/// <summary>Series of a request to <c>/score</c>, bound to the model that was served when it was accepted. Its windows are cut as they are scored.</summary>
internal sealed class ScoringJob : QueuedJob<WindowScores[][]>
{
    private readonly IReadOnlyList<(string Key, float[] Values)> _series;
    private readonly int[][] _starts;
    private readonly WindowScores[][] _scores;
    private int _nextSeries, _nextWindow, _taken;

    public ScoringJob(ServedModel model, IReadOnlyList<(string Key, float[] Values)> series, CancellationToken cancellation)
        : base(series.Sum(one => model.CountWindows(one.Values.Length)), cancellation)
    {
        (Model, _series) = (model, series);
        _starts = series.Select(one => model.WindowStarts(one.Values.Length)).ToArray();
        _scores = _starts.Select(starts => new WindowScores[starts.Length]).ToArray();
    }

    public ServedModel Model { get; }

    /// <inheritdoc/>
    public override int Waiting => Windows - _taken;

    /// <summary>Whether every window was given out by <see cref="Take"/>.</summary>
    public bool IsTaken => _nextSeries == _series.Count;

    /// <summary>The next windows, fewer where there are no more.</summary>
    public IEnumerable<JobWindow> Take(int count)
    {
        for (; count > 0 && !IsTaken; count--)
        {
            (string key, float[] values) = _series[_nextSeries];
            int start = _starts[_nextSeries][_nextWindow], length = Math.Min(Model.WindowSize, values.Length);
            yield return new JobWindow(this, _nextSeries, _nextWindow, new ScoredWindow(key, values[start..(start + length)]));
            _taken++;
            if (++_nextWindow == _starts[_nextSeries].Length)
                (_nextSeries, _nextWindow) = (_nextSeries + 1, 0);
        }
    }

    public void Put(JobWindow window, WindowScores scores) => _scores[window.Series][window.Index] = scores;

    /// <summary>Answers, when every window that was taken has its scores.</summary>
    public void Complete() => Complete(_scores);
}

/// <summary>A window of a job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Series">Index of the series within the job.</param>
/// <param name="Index">Index of the window within the series.</param>
/// <param name="Window">What is scored.</param>
internal readonly record struct JobWindow(ScoringJob Job, int Series, int Index, ScoredWindow Window);

/// <summary>Readings of a request to <c>/stream/{key}</c>; they meet the model that is served when their turn comes.</summary>
internal sealed class StreamJob(string key, IReadOnlyList<StreamingReading> readings, int stride, CancellationToken cancellation)
    : QueuedJob<StreamResult>((readings.Count + stride - 1) / stride, cancellation)
{
    public string Key => key;

    public IReadOnlyList<StreamingReading> Readings => readings;
}

/// <summary>The scores that became due, and the model that gave them.</summary>
internal sealed record StreamResult(ServedModel Model, IReadOnlyList<StreamingScore> Scores);
