namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>What is judged: a window, or one reading where the model answers for every reading.</summary>
/// <param name="Series">Index of the series it belongs to.</param>
/// <param name="Start">Index of its first reading within the series.</param>
/// <param name="ZScoreValues">The values whose largest z-score counts: the window's, or the one reading.</param>
/// <param name="JumpValues">The values whose largest jump counts: the window's, or the reading and the one before that is not missing.</param>
internal readonly record struct JudgedItem(int Series, string Group, int Start, ReadOnlyMemory<float> ZScoreValues, ReadOnlyMemory<float> JumpValues, bool IsAnomaly);
