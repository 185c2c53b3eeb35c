namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>A checkpoint is of another training, or of another version's format: the caller's mistake, and no fault of what is trained.</summary>
internal sealed class CheckpointMismatchException(string message) : InvalidOperationException(message);
