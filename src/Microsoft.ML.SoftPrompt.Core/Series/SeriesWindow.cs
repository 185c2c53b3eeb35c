namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>A window over the readings of a group.</summary>
/// <param name="Start">Index of its first reading within the group, from 0.</param>
/// <param name="Length">Number of readings, at least 1.</param>
internal readonly record struct SeriesWindow(long Start, int Length)
{
    /// <summary>Index behind its last reading.</summary>
    public long End => Start + Length;
}
