namespace Microsoft.ML.SoftPrompt;

/// <summary>What became of the readings that a <see cref="StreamingDetector"/> was given since it was created, and in a state that it was restored from.</summary>
public readonly record struct StreamingCounts
{
    /// <summary>Gets the readings taken in; those put into gaps are not among them.</summary>
    public long Readings { get; init; }

    /// <summary>Gets how many of them were missing values (NaN).</summary>
    public long MissingValues { get; init; }

    /// <summary>Gets how many of them came late and were put in their place.</summary>
    public long LateInserted { get; init; }

    /// <summary>Gets the readings that came late and were dropped.</summary>
    public long LateDropped { get; init; }

    /// <summary>Gets the readings of a time that was there already, whatever became of them.</summary>
    public long RepeatedTimes { get; init; }

    /// <summary>Gets the gaps that were found.</summary>
    public long Gaps { get; init; }

    /// <summary>Gets the missing values put into gaps.</summary>
    public long FilledValues { get; init; }

    /// <summary>Gets how often a series started anew after a gap.</summary>
    public long StartedAnew { get; init; }

    /// <summary>Gets the series that gave their place to another.</summary>
    public long EvictedSeries { get; init; }

    /// <summary>Gets the windows that became due.</summary>
    public long DueWindows { get; init; }

    /// <summary>Gets the due windows whose scoring failed with an error: their readings stay in, their scores are lost.</summary>
    public long FailedWindows { get; init; }
}
