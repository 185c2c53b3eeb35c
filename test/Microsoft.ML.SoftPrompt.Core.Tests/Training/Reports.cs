namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Keeps what a training reports, and reacts to it at once.</summary>
internal sealed class Reports : IProgress<TrainingProgress>
{
    public List<TrainingProgress> All { get; } = [];

    public Action<TrainingProgress>? OnReport { get; init; }

    public void Report(TrainingProgress value)
    {
        All.Add(value);
        OnReport?.Invoke(value);
    }
}
