namespace Microsoft.ML.SoftPrompt;

/// <summary>How readings are cut into windows, for <see cref="Microsoft.ML.SoftPromptCatalog.WindowSeries(DataOperationsCatalog, IDataView, WindowSeriesOptions)"/>.</summary>
public sealed class WindowSeriesOptions
{
    /// <summary>Gets or sets the name of the vector of Single that holds a window's values.</summary>
    /// <value>The default is <c>Series</c>.</value>
    public string OutputColumnName { get; set; } = "Series";

    /// <summary>Gets or sets the name of the column of readings, Single. NaN is a missing value; ±∞ is refused.</summary>
    /// <value>The default is <see langword="null"/>: the same name as <see cref="OutputColumnName"/>.</value>
    public string? InputColumnName { get; set; }

    /// <summary>Gets or sets the name of the column that labels each reading, Boolean or Single (0 or 1).</summary>
    /// <value>The default is <see langword="null"/>: data without labels, and no label column in the output.</value>
    public string? LabelColumnName { get; set; }

    /// <summary>Gets or sets the name of the label column in the output; it keeps the type of the input's labels.</summary>
    /// <value>The default is <c>Label</c>.</value>
    public string OutputLabelColumnName { get; set; } = "Label";

    /// <summary>Gets or sets whether a window keeps the label of every reading, as a vector of the window's length.</summary>
    /// <value>The default is <see langword="false"/>: one label, anomalous when any reading is.</value>
    public bool PointLabels { get; set; }

    /// <summary>
    /// Gets or sets the name of the column that says which series a reading belongs to (text, an integer, a Boolean or a key). A window
    /// never spans two groups; readings of different groups may be mixed.
    /// </summary>
    /// <value>The default is <see langword="null"/>: all readings are one series.</value>
    public string? GroupColumnName { get; set; }

    /// <summary>
    /// Gets or sets the name of a column of times (DateTime, DateTimeOffset, TimeSpan or a number). Readings are taken in the data's order;
    /// times that repeat or go back within a group are counted and reported as a warning.
    /// </summary>
    /// <value>The default is <see langword="null"/>: times are not looked at.</value>
    public string? TimeColumnName { get; set; }

    /// <summary>Gets or sets the number of readings in a window.</summary>
    /// <value>At least 1; the default is 50.</value>
    public int WindowSize { get; set; } = 50;

    /// <summary>Gets or sets the number of readings from the start of one window to the start of the next.</summary>
    /// <value>At least 1; the default is 10.</value>
    public int Stride { get; set; } = 10;

    /// <summary>Gets or sets what becomes of readings behind a group's last full window.</summary>
    /// <value>The default is <see cref="SoftPrompt.TrailingReadings.Drop"/>.</value>
    public TrailingReadings TrailingReadings { get; set; } = TrailingReadings.Drop;

    internal void Validate()
    {
        var faults = new List<string>();
        if (WindowSize < 1)
            faults.Add($"WindowSize is {WindowSize}; expected at least 1.");
        if (Stride < 1)
            faults.Add($"Stride is {Stride}; expected at least 1.");
        if (string.IsNullOrEmpty(OutputColumnName))
            faults.Add("OutputColumnName is empty.");
        if (LabelColumnName is not null && string.IsNullOrEmpty(OutputLabelColumnName))
            faults.Add("OutputLabelColumnName is empty.");
        if (!Enum.IsDefined(TrailingReadings))
            faults.Add($"TrailingReadings is {TrailingReadings}; expected one of {string.Join(", ", Enum.GetNames<TrailingReadings>())}.");
        OptionFaults.ThrowIfAny(faults, nameof(WindowSeriesOptions));
    }
}
