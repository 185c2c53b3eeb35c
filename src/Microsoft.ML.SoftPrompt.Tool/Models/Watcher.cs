using System.Diagnostics;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>What becomes of lines that are no readings.</summary>
internal enum BadLines
{
    /// <summary>They are told and passed over.</summary>
    Skip,

    /// <summary>The first one ends the command.</summary>
    Stop,
}

/// <summary>Feeds a detector with readings as they arrive, writes its alarms and keeps its state.</summary>
/// <param name="statePath">Where the state is kept; null to keep none.</param>
internal sealed class Watcher(StreamingDetector detector, LiveLines lines, LiveReadings readings, AlarmWriter alarms, BadLines badLines, string? statePath, ToolConsole console)
{
    // What a killed process loses at most; a state of 10,000 series of 50 readings is written in a few hundredths of a second.
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(30);

    // Scored together, and at most these before an interrupt is noticed.
    private const int ReadingsTogether = 256;

    // Told one by one; a column of wrong cells must not flood a log.
    private const int BadLinesTold = 20;

    private readonly Stopwatch _sinceSaved = Stopwatch.StartNew();
    private readonly StreamingCounts _before = detector.Counts;
    private long _badCount, _leftCount;
    private bool _isSaved = true;

    /// <summary>Watches until the input ends.</summary>
    /// <exception cref="OperationCanceledException">The command was interrupted; the state is saved.</exception>
    public void Run(CancellationToken cancellation)
    {
        detector.SeriesEvicted += (_, evicted) =>
        {
            if (alarms.Forget(evicted.Key))
                console.Warn($"the series '{evicted.Key}' had an alarm and was let go for another one; a larger --max-series keeps more.");
        };
        try
        {
            for (bool ended = false; !ended;)
            {
                LiveLineBatch batch = lines.Read(cancellation);
                ended = batch.Ended;
                if (batch.StartsAnew)
                    readings.StartAnew();
                Take(batch.Lines, cancellation);
            }
            if (!readings.HasColumns)
                throw new ToolException("The input ended before its header. A line with the columns' names, then a line a reading, is expected.");
        }
        catch (OutputClosedException)
        {
            // As other filters do.
        }
        finally
        {
            try
            {
                if (!_isSaved)
                    Save();
            }
            finally
            {
                WriteSummary();
            }
        }
    }

    private void Take(IReadOnlyList<LiveLine> batch, CancellationToken cancellation)
    {
        _leftCount = batch.Count;
        foreach (LiveLine[] together in batch.Chunk(ReadingsTogether))
        {
            cancellation.ThrowIfCancellationRequested();
            Take(together);
            if (!_isSaved && _sinceSaved.Elapsed >= SaveInterval)
                TrySave();
        }
    }

    private void Take(LiveLine[] batch)
    {
        var taken = new List<StreamingReading>(batch.Length);
        try
        {
            foreach (LiveLine line in batch)
            {
                if (Read(line) is { } reading)
                    taken.Add(reading);
                else
                    _leftCount--;
            }
        }
        finally
        {
            // Those before a line that ends the command count as well.
            if (taken.Count > 0)
                Add(taken);
        }
    }

    /// <summary>Takes readings in and writes their alarms. Where one is refused, which ends the command, those before it count.</summary>
    private void Add(IReadOnlyList<StreamingReading> taken)
    {
        StreamingCounts before = detector.Counts;
        IReadOnlyList<StreamingScore> scores;
        try
        {
            scores = detector.Add(taken);
        }
        catch (InvalidOperationException) when (taken.Count > 1 && detector.Counts == before)
        {
            foreach (StreamingReading reading in taken)
                Add([reading]);
            return;
        }
        _leftCount -= taken.Count;
        _isSaved = statePath is null;
        foreach (StreamingScore score in scores)
            alarms.Write(score);
    }

    private StreamingReading? Read(LiveLine line)
    {
        try
        {
            return readings.Read(line);
        }
        catch (ToolException fault) when (readings.HasColumns && badLines == BadLines.Skip)
        {
            if (++_badCount <= BadLinesTold)
                console.Warn($"{fault.Message} The line is passed over.{(_badCount == BadLinesTold ? " Further ones are only counted." : "")}");
            return null;
        }
    }

    /// <summary>Saves the state while readings come: that a disk is full ends no watch.</summary>
    private void TrySave()
    {
        try
        {
            Save();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            console.Warn($"the state was not saved, and is tried again in {SaveInterval.TotalSeconds:0} s: {fault.Message}");
            _sinceSaved.Restart();
        }
    }

    private void Save()
    {
        WatchState.Save(statePath!, detector, alarms.Open);
        _isSaved = true;
        _sinceSaved.Restart();
    }

    private void WriteSummary()
    {
        StreamingCounts now = detector.Counts;
        (long Count, string What)[] others =
        [
            (_badCount, "bad lines"),
            (_leftCount, "lines read and not taken in"),
            (now.LateDropped - _before.LateDropped, "readings dropped as late"),
            (now.LateInserted - _before.LateInserted, "late readings put in their place"),
            (now.RepeatedTimes - _before.RepeatedTimes, "readings of a time that was there"),
            (now.FilledValues - _before.FilledValues, "missing values put into gaps"),
            (now.StartedAnew - _before.StartedAnew, "new starts after a gap"),
            (now.EvictedSeries - _before.EvictedSeries, "series let go for others"),
        ];
        console.Error.WriteLine($"watched {Numbers.Count(now.Readings - _before.Readings, "reading", "readings")}, {Numbers.Count(now.DueWindows - _before.DueWindows, "window", "windows")} scored, "
            + $"{Numbers.Count(alarms.Alarms, "alarm", "alarms")}{string.Concat(others.Where(other => other.Count > 0).Select(other => $"; {other.What}: {Numbers.Count(other.Count)}"))}");
    }
}
