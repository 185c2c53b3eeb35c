using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Streaming;

/// <summary>Scores windows of values in memory with a fitted model, a batch at once. Safe for concurrent use.</summary>
/// <param name="model">A fitted or loaded model: a chain that takes a column of series and adds the three columns of a detector.</param>
/// <param name="seriesColumnName">Name of the column that takes a window's values.</param>
/// <param name="groupColumnName">Name of the column that takes the series' key; null for a model without groups.</param>
internal sealed class WindowScorer(ITransformer model, string seriesColumnName, string? groupColumnName)
{
    /// <summary>The scores of each window: one, or one a value where the model labels every value.</summary>
    /// <exception cref="InvalidOperationException">A window is empty or too long for the backbone, or a value is infinite.</exception>
    public WindowScores[] Score(IReadOnlyList<ScoredWindow> windows)
    {
        if (windows.Count == 0)
            return [];
        // Windows of one length are a vector of known size, as later stages of a model may want it.
        int length = windows[0].Values.Length;
        DataViewSchema schema = WindowsView.CreateSchema(seriesColumnName, groupColumnName, windows.All(window => window.Values.Length == length) ? length : 0);
        IDataView scored = model.Transform(new WindowsView(schema, windows));
        DataViewSchema.Column score = scored.Schema[ScoreColumns.Score], probability = scored.Schema[ScoreColumns.Probability], label = scored.Schema[ScoreColumns.PredictedLabel];
        using DataViewRowCursor cursor = scored.GetRowCursor([score, probability, label]);
        Func<float[]> scores = Values<float>(cursor, score), probabilities = Values<float>(cursor, probability);
        Func<bool[]> labels = Values<bool>(cursor, label);
        var results = new WindowScores[windows.Count];
        for (int i = 0; cursor.MoveNext(); i++)
            results[i] = new WindowScores(scores(), probabilities(), labels());
        return results;
    }

    /// <summary>The current row's values of a column: those of a vector, or the only one.</summary>
    private static Func<T[]> Values<T>(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType)
        {
            var reader = new VectorReader<T>(row, column);
            return () => reader.Read().ToArray();
        }
        ValueGetter<T> getter = row.GetGetter<T>(column);
        return () =>
        {
            var values = new T[1];
            getter(ref values[0]);
            return values;
        };
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
