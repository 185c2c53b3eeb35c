namespace Microsoft.ML.SoftPrompt.Tool;

/// <summary>A failure whose message is written for the user: what was found, where, what was expected and what to do.</summary>
internal sealed class ToolException(string message, Exception? inner = null) : Exception(message, inner);
