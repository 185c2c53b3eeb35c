namespace Microsoft.ML.SoftPrompt;

/// <summary>What the values of a window are scaled by before they become bins.</summary>
public enum SweepScaling
{
    /// <summary>One range over all training readings.</summary>
    All,

    /// <summary>The range of each group's own training readings, <see cref="QuantizingEstimator.Options.GroupColumnName"/>.</summary>
    Group,

    /// <summary>Each window's own range, <see cref="QuantizingEstimator.Options.ScaleEachSeries"/>.</summary>
    Window,
}
