namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>What the rules for context anomalies say of series, or of windows of them.</summary>
/// <param name="RuleNames">Names of the rules, in the order of each item's flags.</param>
/// <param name="EvidenceNames">Names of the evidence, in the order of each item's.</param>
internal sealed record SeriesLabels(string[] RuleNames, string[] EvidenceNames, IReadOnlyList<LabelledSeries> Items);

/// <summary>A series or a window that was labelled.</summary>
/// <param name="Start">Index of its first reading within the series.</param>
/// <param name="Evidence">NaN where there is none; places count from the start.</param>
internal sealed record LabelledSeries(string Series, int Start, int Length, bool IsContextAnomaly, bool[] Rules, double[] Evidence);
