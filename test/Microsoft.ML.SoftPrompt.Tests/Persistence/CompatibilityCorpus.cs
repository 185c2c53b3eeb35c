using System.Numerics;
using System.Text.Json;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;
using Microsoft.ML.SoftPrompt.Tests.Lstm;

namespace Microsoft.ML.SoftPrompt.Tests.Persistence;

/// <summary>Small models of every kind with what they answer: written once by each version, and read by all later ones.</summary>
internal static class CompatibilityCorpus
{
    /// <summary>What a model was asked and what it answered, beside its zip; a row without values for what the model does not give.</summary>
    internal sealed record Answers(Query[] Rows, double[][] Tokens, double[][] Scores, double[][]? Evidence = null);

    public static Answers Ask(MLContext ml, ITransformer model, Query[] rows)
    {
        var view = model.Transform(ml.Data.LoadFromEnumerable(rows));
        return new Answers(rows, Column<uint>(view, "Tokens"), Column<float>(view, "Score"), Column<double>(view, "ContextEvidence"));
    }

    /// <summary>Writes a zip and its answers for each kind of model. Nothing but the stages is in a zip: no schema of the training data.</summary>
    public static void Write(string folder)
    {
        var ml = new MLContext(seed: 1);
        var windows = ToySeries.Windows(20);
        windows[3].Series[5] = float.NaN;
        Query[] queries = [.. windows.Select(w => new Query { Host = w.Host, Series = w.Series }), new() { Host = "unseen", Series = [0.5f, -3, 7, float.NaN] }];
        var view = ml.Data.LoadFromEnumerable(windows);
        var points = ml.Data.LoadFromEnumerable(ToySeries.PointWindows(6));

        Save("quantizer", ml.Transforms.QuantizeSeries("Tokens", "Series", 10).Fit(view), queries);
        Save("quantizer-by-group", ml.Transforms.QuantizeSeries("Tokens", "Series", 7, "Host").Fit(view), queries);
        Save("quantizer-of-robust-quantiles", ml.Transforms.QuantizeSeries(new QuantizingEstimator.Options
        {
            InputColumnName = "Series",
            GroupColumnName = "Host",
            BinCount = 9,
            LowerQuantile = 0.05,
            UpperQuantile = 0.95,
            Binning = QuantizationBinning.Quantile,
            OutsideValues = OutsideValues.OwnBins,
        }).Fit(view), queries);
        Save("labeler", ml.Transforms.LabelContextAnomalies("IsContextAnomaly", "Series", SplitCorrection.Bonferroni).Fit(view), queries);
        Save("balancer-and-quantizer", ml.Transforms.BalanceTSmote("Series", neighbourCount: 2).Append(ml.Transforms.QuantizeSeries("Tokens", "Series", 10)).Fit(view), queries);
        Save("lstm-by-group", ml.AnomalyDetection.Trainers.Lstm(ToyLstm.Options()).Fit(view), queries);
        var calibrated = ToySeries.Options(2);
        (calibrated.Pooling, calibrated.Calibration, calibrated.PromptLength) = (SoftPromptPooling.Max, SoftPromptCalibration.Platt, 0);
        Save("calibrated-head-alone", Chain(calibrated).Fit(view), queries);
        Save("chain-carrying-its-backbone", Chain(ToySeries.Options(2)).Fit(view), queries);
        var narrow = ToySeries.Options(2);
        narrow.BackbonePrecision = Tensors.WeightPrecision.BFloat16;
        Save("chain-carrying-its-backbone-in-bfloat16", Chain(narrow).Fit(view), queries);
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

    private static double[][] Column<T>(IDataView view, string name)
        where T : INumberBase<T>
    {
        if (view.Schema.GetColumnOrNull(name) is not { } column)
            return [];
        Func<T, double> number = double.CreateChecked;
        return column.Type is VectorDataViewType
            ? view.GetColumn<VBuffer<T>>(column).Select(row => row.DenseValues().Select(number).ToArray()).ToArray()
            : view.GetColumn<T>(column).Select(value => new[] { number(value) }).ToArray();
    }
}
