using Microsoft.ML.SoftPrompt.Baselines;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;

/// <summary>Labelled series as ML.NET data, a row each.</summary>
internal static class SpearRows
{
    public const string Series = nameof(Row.Series), Group = nameof(Row.Group), Label = nameof(SeriesRow.Label), Tokens = "Tokens";

    /// <summary>Series to score; labels are not asked for.</summary>
    public static IDataView Load(MLContext ml, IReadOnlyList<LabeledSeries> series) => ml.Data.LoadFromEnumerable(series.Select(one => Fill(new Row(), one)));

    /// <summary>Series with a label each, or with one a value.</summary>
    public static IDataView Load(MLContext ml, IReadOnlyList<LabeledSeries> series, bool labelsPoints) => labelsPoints
        ? ml.Data.LoadFromEnumerable(series.Select(one => Fill(new PointRow { Label = one.Labels.ToArray() }, one)))
        : ml.Data.LoadFromEnumerable(series.Select(one => Fill(new SeriesRow { Label = one.Labels.Span[0] }, one)));

    /// <summary>Whether there is a label for every value.</summary>
    public static bool LabelsPoints(IReadOnlyList<LabeledSeries> series) => series.All(one => one.Labels.Length == one.Values.Length);

    private static T Fill<T>(T row, LabeledSeries series) where T : Row
    {
        row.Series = series.Values.ToArray();
        row.Group = series.Group;
        return row;
    }

    private class Row
    {
        public float[] Series { get; set; } = [];

        public string Group { get; set; } = "";
    }

    private sealed class SeriesRow : Row
    {
        public bool Label { get; set; }
    }

    private sealed class PointRow : Row
    {
        public bool[] Label { get; set; } = [];
    }
}
