namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// What a <see cref="StreamingDetector"/> does where readings are missing between two times: where these lie at least one and a half
/// <see cref="StreamingDetectorOptions.Interval"/> apart.
/// </summary>
public enum ReadingGaps
{
    /// <summary>Nothing: the readings before and after it are neighbours.</summary>
    Ignore,

    /// <summary>
    /// Missing values (NaN) are put in, one an interval, up to <see cref="StreamingDetectorOptions.LongestFilledGap"/>; after a longer gap the
    /// series starts anew. No window that ends with one is scored: it is due with the reading after the gap.
    /// </summary>
    Fill,

    /// <summary>The series starts anew: the next score comes when the window is full again.</summary>
    StartAnew,
}
