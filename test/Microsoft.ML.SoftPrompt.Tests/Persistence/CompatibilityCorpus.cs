using System.Text.Json;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Persistence;

/// <summary>Small models of every kind with what they answer: written once by each version, and read by all later ones.</summary>
internal static class CompatibilityCorpus
{
    /// <summary>What a model was asked and what it answered, beside its zip.</summary>
    internal sealed record Answers(Query[] Rows, uint[][] Tokens, float[][] Scores);

    /// <summary>The tokens of a row, and the scores where the model has any.</summary>
    public static Answers Ask(MLContext ml, ITransformer model, Query[] rows)
    {
        var answers = new Answers(rows, new uint[rows.Length][], new float[rows.Length][]);
        var view = model.Transform(ml.Data.LoadFromEnumerable(rows));
        using var cursor = view.GetRowCursor(view.Schema);
        var tokens = cursor.GetGetter<VBuffer<uint>>(view.Schema["Tokens"]);
        var scores = Scores(cursor, view.Schema);
        VBuffer<uint> row = default;
        for (int i = 0; cursor.MoveNext(); i++)
        {
            tokens(ref row);
            answers.Tokens[i] = row.DenseValues().ToArray();
            answers.Scores[i] = scores();
        }
        return answers;
    }

    /// <summary>Writes a zip and its answers for each kind of model. Nothing but the stages is in a zip: no schema of the training data.</summary>
    public static void Write(string folder)
    {
        var ml = new MLContext(seed: 1);
        var windows = ToySeries.Windows(12);
        windows[3].Series[5] = float.NaN;
        Query[] queries = [.. windows.Select(w => new Query { Host = w.Host, Series = w.Series }), new() { Host = "unseen", Series = [0.5f, -3, 7, float.NaN] }];
        var view = ml.Data.LoadFromEnumerable(windows);
        var points = ml.Data.LoadFromEnumerable(ToySeries.PointWindows(6));

        Save("quantizer", ml.Transforms.QuantizeSeries("Tokens", "Series", 10).Fit(view), queries);
        Save("quantizer-by-group", ml.Transforms.QuantizeSeries("Tokens", "Series", 7, "Host").Fit(view), queries);
        Save("chain-carrying-its-backbone", Chain(ToySeries.Options(2)).Fit(view), queries);
        var onMiniLM = ToySeries.Options(1);
        (onMiniLM.BackbonePath, onMiniLM.ValidationFraction) = (null, 0);
        Save("points-on-minilm", Chain(onMiniLM).Fit(points), queries[..2]);

        EstimatorChain<SoftPromptAnomalyTransformer> Chain(SoftPromptAnomalyTrainer.Options options) =>
            ml.Transforms.QuantizeSeries("Tokens", "Series", 20).Append(ml.AnomalyDetection.Trainers.SoftPrompt(options));

        void Save(string name, ITransformer model, Query[] rows)
        {
            ml.Model.Save(model, null, Path.Combine(folder, name + ".zip"));
            File.WriteAllText(Path.Combine(folder, name + ".json"), JsonSerializer.Serialize(Ask(ml, model, rows), Json));
        }
    }

    public static Answers Read(string zip) => JsonSerializer.Deserialize<Answers>(File.ReadAllText(Path.ChangeExtension(zip, ".json")), Json)!;

    private static JsonSerializerOptions Json { get; } = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static Func<float[]> Scores(DataViewRow row, DataViewSchema schema)
    {
        if (schema.GetColumnOrNull("Score") is not { } column)
            return () => [];
        if (column.Type is VectorDataViewType)
        {
            var vectorGetter = row.GetGetter<VBuffer<float>>(column);
            VBuffer<float> vector = default;
            return () =>
            {
                vectorGetter(ref vector);
                return vector.DenseValues().ToArray();
            };
        }
        var getter = row.GetGetter<float>(column);
        float score = 0;
        return () =>
        {
            getter(ref score);
            return [score];
        };
    }
}
