using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Anomaly;

namespace Microsoft.ML.SoftPrompt.Streaming;

/// <summary>Scores windows of values in memory with a fitted model, a batch at once. Safe for concurrent use.</summary>
/// <param name="ml">Makes the data.</param>
/// <param name="model">A fitted or loaded model: a chain that takes a column of series and adds the three columns of a detector.</param>
/// <param name="seriesColumnName">Name of the column that takes a window's values.</param>
/// <param name="groupColumnName">Name of the column that takes the series' key; null for a model without groups.</param>
internal sealed class WindowScorer(MLContext ml, ITransformer model, string seriesColumnName, string? groupColumnName)
{
    /// <summary>The scores of each window: one, or one a value where the model labels every value.</summary>
    /// <exception cref="InvalidOperationException">A window is empty or too long for the backbone, or a value is infinite.</exception>
    public WindowScores[] Score(IReadOnlyList<ScoredWindow> windows)
    {
        IDataView scored = model.Transform(ml.Data.LoadFromEnumerable(windows.Select(window => new Row { Series = window.Values, Group = window.Key }), Definition(windows)));
        var scores = new List<WindowScores>(windows.Count);
        if (scored.Schema[ScoreColumns.Score].Type is VectorDataViewType)
            scores.AddRange(ml.Data.CreateEnumerable<PointScores>(scored, reuseRowObject: false).Select(row => new WindowScores(row.Score, row.Probability, row.PredictedLabel)));
        else
            scores.AddRange(ml.Data.CreateEnumerable<SeriesScore>(scored, reuseRowObject: true).Select(row => new WindowScores([row.Score], [row.Probability], [row.PredictedLabel])));
        return scores.ToArray();
    }

    private SchemaDefinition Definition(IReadOnlyList<ScoredWindow> windows)
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        SchemaDefinition.Column series = definition[nameof(Row.Series)], group = definition[nameof(Row.Group)];
        series.ColumnName = seriesColumnName;
        // Windows of one length are a vector of known size, as later stages of a model may want it.
        int length = windows.Count == 0 ? 0 : windows[0].Values.Length;
        series.ColumnType = new VectorDataViewType(NumberDataViewType.Single, windows.All(window => window.Values.Length == length) ? length : 0);
        if (groupColumnName is null)
            definition.Remove(group);
        else
            group.ColumnName = groupColumnName;
        return definition;
    }

    private sealed class Row
    {
        public float[] Series { get; set; } = [];

        public string Group { get; set; } = "";
    }

    private sealed class SeriesScore
    {
        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }

    private sealed class PointScores
    {
        public float[] Score { get; set; } = [];

        public float[] Probability { get; set; } = [];

        public bool[] PredictedLabel { get; set; } = [];
    }
}

/// <summary>A window to be scored.</summary>
/// <param name="Key">The series that the window is of.</param>
/// <param name="Values">Its values, in time order; NaN is a missing value.</param>
internal readonly record struct ScoredWindow(string Key, float[] Values);

/// <summary>What a model says of a window: once, or of each of its values.</summary>
/// <param name="Scores">Logits.</param>
/// <param name="Probabilities">Probabilities, 0 to 1.</param>
/// <param name="Labels">Whether the model flags them.</param>
internal readonly record struct WindowScores(float[] Scores, float[] Probabilities, bool[] Labels);
