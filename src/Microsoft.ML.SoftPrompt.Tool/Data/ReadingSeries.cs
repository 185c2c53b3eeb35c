namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>The readings of one group in the data's order.</summary>
internal sealed record ReadingSeries(string Name, IReadOnlyList<Reading> Readings)
{
    public int Count => Readings.Count;
}
