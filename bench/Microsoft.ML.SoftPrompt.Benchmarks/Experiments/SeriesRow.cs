namespace Microsoft.ML.SoftPrompt.Benchmarks.Experiments;

/// <summary>A labelled series, as a row of data.</summary>
internal sealed class SeriesRow
{
    /// <summary>Gets or sets what shares a scale with it: the lab test, or the file.</summary>
    public string Group { get; set; } = "";

    /// <summary>Gets or sets what it must not be parted from in a split or a bootstrap: the patient, or the file.</summary>
    public string Source { get; set; } = "";

    public float[] Series { get; set; } = [];

    public bool Label { get; set; }
}
