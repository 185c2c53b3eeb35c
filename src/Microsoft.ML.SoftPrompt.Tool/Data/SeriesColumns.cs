namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Which columns of the input mean what.</summary>
internal sealed record SeriesColumns(string Value, string? Time = null, string? Label = null, string? Group = null);
