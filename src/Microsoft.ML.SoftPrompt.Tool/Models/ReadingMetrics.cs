using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>What a detector says of the readings, judged by stretches of them.</summary>
/// <param name="VusRoc">The mean over the series that have anomalous and normal readings; NaN where none has.</param>
/// <param name="VusPr">As <paramref name="VusRoc"/>.</param>
internal sealed record ReadingMetrics(EventMetrics Events, double VusRoc, double VusPr);
