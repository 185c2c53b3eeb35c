using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>Mean and standard deviation of training values: of each group's, and of all together.</summary>
/// <param name="Whole">Over all series.</param>
/// <param name="Groups">By group; empty where all are to share one scale. A group without a value has none.</param>
internal sealed record ValueScale(MeanDeviation Whole, IReadOnlyDictionary<string, MeanDeviation> Groups)
{
    /// <param name="training">The series to learn from.</param>
    /// <param name="byGroup">Whether each group gets a scale of its own.</param>
    /// <exception cref="ArgumentException">Every value is missing.</exception>
    public static ValueScale Fit(IReadOnlyList<LabeledSeries> training, bool byGroup)
    {
        if (training.All(IsMissing))
            throw new ArgumentException($"All values of the {training.Count} training series are missing (NaN); a scale needs at least one.", nameof(training));
        return new ValueScale(MeanDeviation.Of(training), byGroup
            ? training.Where(series => !IsMissing(series)).GroupBy(series => series.Group, StringComparer.Ordinal).ToDictionary(group => group.Key, MeanDeviation.Of, StringComparer.Ordinal)
            : new Dictionary<string, MeanDeviation>());
    }

    /// <summary>A group's scale, and that of all where training has not seen the group.</summary>
    public MeanDeviation Of(string group) => Groups.GetValueOrDefault(group, Whole);

    private static bool IsMissing(LabeledSeries series) => !series.Values.Span.ContainsAnyExcept(float.NaN);
}

/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The population standard deviation; 0 where all values are equal.</param>
internal sealed record MeanDeviation(double Mean, double Deviation)
{
    private const double Farthest = 1e6;

    /// <summary>(value − mean) / deviation; the difference itself where the deviation is 0. NaN stays NaN.</summary>
    public double Standardize(double value) => (value - Mean) / (Deviation > 0 ? Deviation : 1);

    /// <summary>The same for a model in single precision, where it stays finite: what lies farther out counts as a million deviations.</summary>
    public float ToSingle(double value) => (float)Math.Clamp(Standardize(value), -Farthest, Farthest);

    public static MeanDeviation Of(IEnumerable<LabeledSeries> series)
    {
        (double mean, double deviation) = SeriesControls.MeanAndDeviation(series.SelectMany(s => s.Values.ToArray()));
        return new MeanDeviation(mean, deviation);
    }
}
