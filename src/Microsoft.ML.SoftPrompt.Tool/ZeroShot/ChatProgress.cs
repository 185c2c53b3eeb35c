namespace Microsoft.ML.SoftPrompt.Tool.ZeroShot;

/// <summary>How far a run of questions is.</summary>
/// <param name="Done">Questions with an outcome.</param>
/// <param name="Total">All questions.</param>
/// <param name="PerSecond">Outcomes a second so far.</param>
/// <param name="EstimatedRemaining">Time left at that rate.</param>
internal sealed record ChatProgress(int Done, int Total, double PerSecond, TimeSpan EstimatedRemaining);
