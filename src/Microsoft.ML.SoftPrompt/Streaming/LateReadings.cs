namespace Microsoft.ML.SoftPrompt;

/// <summary>What a <see cref="StreamingDetector"/> does with a reading whose time lies before the latest of its series.</summary>
public enum LateReadings
{
    /// <summary>It is refused with an error, and with it all readings that were added together.</summary>
    Refuse,

    /// <summary>It is dropped and counted.</summary>
    Drop,

    /// <summary>
    /// It takes its place by time among the readings of the trailing window, and the oldest one leaves it; before the oldest one it is
    /// dropped. Either is counted. The times of a window are kept for this: 8 bytes a value and series.
    /// </summary>
    Insert,
}
