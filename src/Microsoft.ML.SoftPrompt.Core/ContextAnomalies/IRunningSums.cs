namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>Sums over a part of a series that grows value by value.</summary>
internal interface IRunningSums
{
    void Add(double value);

    PartSums Sums { get; }
}
