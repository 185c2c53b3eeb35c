namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Tests that set or read <see cref="Tensors.Scheduler.MaxThreads"/>, one after another: it belongs to the process, and each puts back what it found.
/// </summary>
[CollectionDefinition(nameof(SchedulerThreads))]
public sealed class SchedulerThreads;
