namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>A reading: what the ML.NET stages are given, and where it stood in the input.</summary>
/// <param name="Value">NaN where the value is missing; never infinite.</param>
/// <param name="Time">The time where the file has one that can be read, else null.</param>
/// <param name="Table">Index of the file.</param>
/// <param name="Row">Index of the row within the file.</param>
internal readonly record struct Reading(float Value, DateTime? Time, bool IsAnomaly, int Table, int Row);
