using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.ML.SoftPrompt.Streaming;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Scoring;

/// <summary>
/// Scores what waits, a batch at a time. One worker is enough: the engine shares a batch among all threads, and a batch is fuller the longer
/// the one before took. A window's score does not depend on its neighbours.
/// </summary>
internal sealed partial class ScoringWorker(ScoringQueue queue, StreamState streams, SoftPromptModelOptions options, ServingMetrics metrics, ILogger<ScoringWorker> logger) : BackgroundService
{
    private readonly Queue<ScoringJob> _scoring = new();
    private Queue<StreamJob> _streaming = new();

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        // What was accepted is answered first, as long as the host waits.
        queue.Close();
        // No longer than that: the server has ended the connections by then, and there is nobody to answer.
        return Task.WhenAny(ExecuteTask ?? Task.CompletedTask, Task.Delay(Timeout.Infinite, cancellationToken));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Off the thread that starts the application.
        await Task.Yield();
        while (await queue.Jobs.WaitToReadAsync(CancellationToken.None))
        {
            do
            {
                TakeIn();
                ScoreBatch();
                ScoreStreams();
            }
            while (_scoring.Count + _streaming.Count > 0);
        }
    }

    private void TakeIn()
    {
        while (queue.Jobs.TryRead(out QueuedJob? job))
        {
            if (job is ScoringJob scoring)
                _scoring.Enqueue(scoring);
            else
                _streaming.Enqueue((StreamJob)job);
        }
    }

    /// <summary>A batch of windows of the jobs in front that have the same model. A job with more goes behind the others.</summary>
    private void ScoreBatch()
    {
        var batch = new List<JobWindow>();
        var jobs = new List<ScoringJob>();
        while (batch.Count < options.MaxBatchWindows && _scoring.TryPeek(out ScoringJob? job) && (jobs.Count == 0 || job.Model == jobs[0].Model))
        {
            _scoring.Dequeue();
            if (job.IsAbandoned)
            {
                Drop(job);
                continue;
            }
            batch.AddRange(job.Take(options.MaxBatchWindows - batch.Count));
            jobs.Add(job);
        }
        if (jobs.Count == 0)
            return;
        Dictionary<ScoringJob, Exception> failed = Score(batch);
        // Before the answers: who has one finds room for more. A long job's places are free as it goes, so that it keeps nobody out to its end.
        queue.Leave(batch.Count);
        // Whoever came meanwhile goes before what is left of the long ones.
        TakeIn();
        foreach (ScoringJob job in jobs)
        {
            if (!job.IsTaken && !failed.ContainsKey(job))
            {
                _scoring.Enqueue(job);
                continue;
            }
            if (failed.TryGetValue(job, out Exception? fault))
            {
                queue.Leave(job.Waiting);
                job.Fail(fault);
            }
            else
                job.Complete();
        }
    }

    /// <summary>Scores windows, those of each length together.</summary>
    /// <returns>The jobs that failed, and why.</returns>
    private Dictionary<ScoringJob, Exception> Score(List<JobWindow> batch)
    {
        var failed = new Dictionary<ScoringJob, Exception>();
        // A column of vectors of one known size is what a model was fitted on, and may be what a stage of it insists on.
        foreach (IGrouping<int, JobWindow> windows in batch.GroupBy(window => window.Window.Values.Length))
        {
            JobWindow[] together = windows.Where(window => !failed.ContainsKey(window.Job)).ToArray();
            try
            {
                Score(together);
            }
            catch (Exception)
            {
                // Values are checked before they are accepted, so this is rare: whoever is to blame fails alone.
                foreach (IGrouping<ScoringJob, JobWindow> job in together.GroupBy(window => window.Job))
                    ScoreAlone(job.Key, job.ToArray(), failed);
            }
        }
        return failed;
    }

    private void Score(JobWindow[] windows)
    {
        if (windows.Length == 0)
            return;
        long start = Stopwatch.GetTimestamp();
        WindowScores[] scores = windows[0].Job.Model.Scorer.Score(Array.ConvertAll(windows, window => window.Window));
        metrics.Batch(windows.Length, Stopwatch.GetElapsedTime(start));
        for (int i = 0; i < windows.Length; i++)
            windows[i].Job.Put(windows[i], scores[i]);
    }

    private void ScoreAlone(ScoringJob job, JobWindow[] windows, Dictionary<ScoringJob, Exception> failed)
    {
        try
        {
            Score(windows);
        }
        catch (Exception fault)
        {
            failed.Add(job, fault);
            LogFailed(fault, windows.Length);
        }
    }

    /// <summary>Readings of the requests in front, of each stream one request's, so that each gets the scores that its own readings made due.</summary>
    private void ScoreStreams()
    {
        var batch = new Dictionary<string, StreamJob>(StringComparer.Ordinal);
        var later = new Queue<StreamJob>();
        int windows = 0;
        while (_streaming.TryDequeue(out StreamJob? job))
        {
            if (job.IsAbandoned)
                Drop(job);
            // Behind one of the same stream, readings keep their order; behind a full batch there is time.
            else if (windows >= options.MaxBatchWindows || !batch.TryAdd(job.Key, job))
                later.Enqueue(job);
            else
                windows += job.Windows;
        }
        _streaming = later;
        if (batch.Count == 0)
            return;
        try
        {
            AddReadings(batch.Values);
        }
        catch (RefusedReadingsException) when (batch.Count > 1)
        {
            // Whoever is refused is refused alone.
            foreach (StreamJob job in batch.Values)
                AddAlone(job);
        }
        catch (Exception fault)
        {
            Fail(batch.Values, fault);
        }
    }

    private void AddAlone(StreamJob job)
    {
        try
        {
            AddReadings([job]);
        }
        catch (Exception fault)
        {
            Fail([job], fault);
        }
    }

    private void AddReadings(IReadOnlyCollection<StreamJob> jobs)
    {
        long start = Stopwatch.GetTimestamp();
        StreamResult result = streams.Add(jobs.SelectMany(job => job.Readings).ToArray());
        metrics.Batch(result.Scores.Count, Stopwatch.GetElapsedTime(start));
        ILookup<string, StreamingScore> scores = result.Scores.ToLookup(score => score.Key, StringComparer.Ordinal);
        foreach (StreamJob job in jobs)
        {
            queue.Leave(job.Waiting);
            job.Complete(result with { Scores = scores[job.Key].ToArray() });
        }
    }

    private void Fail(IReadOnlyCollection<StreamJob> jobs, Exception fault)
    {
        if (fault is not RefusedReadingsException)
            LogFailed(fault, jobs.Sum(job => job.Windows));
        foreach (StreamJob job in jobs)
        {
            queue.Leave(job.Waiting);
            job.Fail(fault);
        }
    }

    private void Drop(QueuedJob job)
    {
        queue.Leave(job.Waiting);
        metrics.Abandoned();
    }

    [LoggerMessage(LogLevel.Error, "Scoring {Windows} windows failed")]
    private partial void LogFailed(Exception fault, int windows);
}
