namespace Microsoft.ML.SoftPrompt;

/// <summary>Which series may be neighbours where minority series differ in length.</summary>
public enum NeighbourLengths
{
    /// <summary>Only series of the same length.</summary>
    EqualLengths,

    /// <summary>
    /// All: before neighbours are sought, the minority series are brought to their median length (of two middle ones the shorter) by linear
    /// interpolation between their values, the ends kept. Synthetic series have that length; the data's own rows stay as they are.
    /// </summary>
    ResampleToMedian,
}
