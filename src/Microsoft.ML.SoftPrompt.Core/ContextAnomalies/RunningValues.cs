namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>The sums of the values themselves, which the t-test compares.</summary>
internal sealed class RunningValues : IRunningSums
{
    public PartSums Sums { get; private set; }

    public void Add(double value) => Sums = Sums.Add(value);
}
