namespace Microsoft.ML.SoftPrompt;

/// <summary>How a <see cref="StreamingDetector"/> cuts windows from readings as they arrive.</summary>
public sealed class StreamingDetectorOptions
{
    /// <summary>Gets or sets the name of the model's column that takes a window's values, a vector of Single.</summary>
    /// <value>The default is <c>Series</c>.</value>
    public string SeriesColumnName { get; set; } = "Series";

    /// <summary>Gets or sets the name of the model's column that takes a series' key, text.</summary>
    /// <value>The default is <see langword="null"/>: the model has no groups.</value>
    public string? GroupColumnName { get; set; }

    /// <summary>Gets or sets the readings in a window.</summary>
    /// <value>At least 1; the default is 50.</value>
    public int WindowSize { get; set; } = 50;

    /// <summary>Gets or sets after how many readings of a series its trailing window is scored again.</summary>
    /// <value>At least 1; the default is 1.</value>
    public int Stride { get; set; } = 1;
}
