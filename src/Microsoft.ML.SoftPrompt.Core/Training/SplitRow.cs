using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>What a split into training and validation has to know of a row.</summary>
/// <param name="HasAnomaly">Whether a label of it is anomalous.</param>
/// <param name="HasNormal">Whether a label of it is normal.</param>
/// <param name="SamplingKey">Rows of one key are held out together or not at all; none where rows are held out by their order.</param>
/// <param name="Group">The series that the row's window was cut from; none where that is not known.</param>
/// <param name="Window">Where in that series the window lies; none where that is not known.</param>
internal readonly record struct SplitRow(bool HasAnomaly, bool HasNormal, string? SamplingKey = null, string? Group = null, SeriesWindow? Window = null);
