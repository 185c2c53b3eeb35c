namespace Microsoft.ML.SoftPrompt;

/// <summary>A series that a <see cref="StreamingDetector"/> let go, since another needed its place.</summary>
public sealed class SeriesEvictedEventArgs : EventArgs
{
    internal SeriesEvictedEventArgs(string key, long readings, DateTime? lastTime) => (Key, Readings, LastTime) = (key, readings, lastTime);

    /// <summary>Gets the series.</summary>
    public string Key { get; }

    /// <summary>Gets how many readings it had since it started, missing values put into gaps included.</summary>
    public long Readings { get; }

    /// <summary>Gets the time of its last reading, where it had one.</summary>
    public DateTime? LastTime { get; }
}
