namespace Microsoft.ML.SoftPrompt;

/// <summary>What a <see cref="StreamingDetector"/> does with a reading whose time its series already has.</summary>
/// <remarks>
/// Times are compared with the latest of the series; with <see cref="LateReadings.Insert"/> with all of its trailing window. Of the other late
/// readings it is not known whether their time is there: for them <see cref="LateReadings"/> decides.
/// </remarks>
public enum RepeatedTimes
{
    /// <summary>It is refused with an error, and with it all readings that were added together.</summary>
    Refuse,

    /// <summary>The reading that is there stays; the other one is dropped and counted.</summary>
    KeepFirst,

    /// <summary>Its value takes the place of the one that is there, and is counted. Scores already given stay as they are.</summary>
    KeepLast,

    /// <summary>Both are readings of the series, in the order of their arrival. The second one is counted.</summary>
    KeepBoth,
}
