namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>A series as the LSTM takes it.</summary>
/// <param name="Inputs">[steps, inputs], at least one step.</param>
/// <param name="Labels">0 or 1; one for the series, or one a step.</param>
internal sealed record LstmExample(float[] Inputs, float[] Labels);
