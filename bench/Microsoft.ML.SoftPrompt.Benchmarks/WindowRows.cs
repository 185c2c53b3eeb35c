namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>A window to learn from.</summary>
internal sealed class WindowRow
{
    public float[] Series { get; set; } = [];

    public bool Label { get; set; }
}

/// <summary>A window to score.</summary>
internal sealed class WindowQuery
{
    public float[] Series { get; set; } = [];
}

/// <summary>What a model says of a window.</summary>
internal sealed class WindowAnswer
{
    public float Score { get; set; }
}
