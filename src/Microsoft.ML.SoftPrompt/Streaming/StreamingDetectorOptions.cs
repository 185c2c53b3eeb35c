namespace Microsoft.ML.SoftPrompt;

/// <summary>How a <see cref="StreamingDetector"/> cuts windows from readings as they arrive, and what it does with readings out of order.</summary>
public sealed class StreamingDetectorOptions
{
    /// <summary>Gets or sets the name of the model's column that takes a window's values, a vector of Single.</summary>
    /// <value>The default is <see langword="null"/>: the column that the model's QuantizeSeries reads; without that, the only vector of Single of the model's input schema.</value>
    public string? SeriesColumnName { get; set; }

    /// <summary>Gets or sets the name of the model's column that takes a series' key, text.</summary>
    /// <value>The default is <see langword="null"/>: the group column of the model's QuantizeSeries; without that, the model has no groups.</value>
    public string? GroupColumnName { get; set; }

    /// <summary>Gets or sets the readings in a window.</summary>
    /// <value>At least 1, and no more than the backbone takes. The default is <see langword="null"/>: the size of the series' column in the model's input schema.</value>
    public int? WindowSize { get; set; }

    /// <summary>Gets or sets after how many readings of a series its trailing window is scored again.</summary>
    /// <value>At least 1; the default is 1: every reading, once the window is full.</value>
    public int Stride { get; set; } = 1;

    /// <summary>Gets or sets how many series are kept. A further one takes the place of the one that had no reading for longest; see <see cref="StreamingDetector.SeriesEvicted"/>.</summary>
    /// <value>At least 1; the default is 100,000.</value>
    public int MaxSeries { get; set; } = 100_000;

    /// <summary>Gets or sets what becomes of a reading whose time lies before the latest of its series.</summary>
    /// <value>The default is <see cref="LateReadings.Refuse"/>.</value>
    public LateReadings LateReadings { get; set; } = LateReadings.Refuse;

    /// <summary>Gets or sets what becomes of a reading whose time its series already has.</summary>
    /// <value>The default is <see cref="RepeatedTimes.Refuse"/>.</value>
    public RepeatedTimes RepeatedTimes { get; set; } = RepeatedTimes.Refuse;

    /// <summary>Gets or sets what is done where readings are missing between two times.</summary>
    /// <value>The default is <see cref="ReadingGaps.Ignore"/>; the others need <see cref="Interval"/>.</value>
    public ReadingGaps Gaps { get; set; } = ReadingGaps.Ignore;

    /// <summary>Gets or sets the time from one reading of a series to the next, by which gaps are told.</summary>
    /// <value>Above 0; the default is <see langword="null"/>. Without <see cref="Gaps"/> it has no effect.</value>
    public TimeSpan? Interval { get; set; }

    /// <summary>Gets or sets how many missing values <see cref="ReadingGaps.Fill"/> puts into a gap; after a longer one the series starts anew.</summary>
    /// <value>1 to below the window's size; the default is <see langword="null"/>: one less than a window. Without <see cref="ReadingGaps.Fill"/> it has no effect.</value>
    public int? LongestFilledGap { get; set; }

    /// <summary>Gets or sets whether a state that was saved with another model is taken: the readings go on, scored by this model. Window, stride and columns still have to be the same.</summary>
    /// <value>The default is <see langword="false"/>: such a state is refused.</value>
    public bool AllowStateOfOtherModel { get; set; }

    internal StreamingDetectorOptions Copy() => (StreamingDetectorOptions)MemberwiseClone();

    internal void Validate()
    {
        var faults = new OptionFaults(nameof(StreamingDetectorOptions));
        faults.CheckOptionalColumn(SeriesColumnName, nameof(SeriesColumnName));
        faults.CheckOptionalColumn(GroupColumnName, nameof(GroupColumnName));
        faults.Check(WindowSize is null or >= 1, nameof(WindowSize), WindowSize, "at least 1");
        faults.Check(Stride >= 1, nameof(Stride), Stride, "at least 1");
        faults.Check(MaxSeries >= 1, nameof(MaxSeries), MaxSeries, "at least 1");
        faults.CheckKind(LateReadings, nameof(LateReadings));
        faults.CheckKind(RepeatedTimes, nameof(RepeatedTimes));
        faults.CheckKind(Gaps, nameof(Gaps));
        faults.Check(Interval is null || Interval > TimeSpan.Zero, nameof(Interval), Interval, "above 0");
        if (Gaps != ReadingGaps.Ignore && Interval is null)
            faults.Add($"Gaps is {Gaps}, and Interval is null; expected the time from one reading to the next.");
        faults.Check(LongestFilledGap is null or >= 1, nameof(LongestFilledGap), LongestFilledGap, "at least 1");
        faults.ThrowIfAny();
    }
}
