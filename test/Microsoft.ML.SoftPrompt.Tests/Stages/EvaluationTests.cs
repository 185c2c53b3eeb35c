using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Stages;

/// <summary>The whole chain among ML.NET's own splits, cross-validation and evaluators.</summary>
public sealed class EvaluationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_split_by_sampling_key_and_every_evaluator_take_the_chain()
    {
        var split = _ml.Data.TrainTestSplit(Windows(150), testFraction: 0.4, samplingKeyColumnName: "Host");
        Hosts(split.TrainSet).Should().NotIntersectWith(Hosts(split.TestSet)).And.NotBeEmpty();

        var scored = Chain().Fit(split.TrainSet).Transform(split.TestSet);

        var ranking = _ml.BinaryClassification.EvaluateNonCalibrated(scored);
        ranking.AreaUnderRocCurve.Should().BeInRange(0, 1);
        _ml.BinaryClassification.Evaluate(scored).AreaUnderRocCurve.Should().Be(ranking.AreaUnderRocCurve);
        var single = _ml.Transforms.Conversion.ConvertType("Label", outputKind: DataKind.Single).Fit(scored).Transform(scored);
        _ml.AnomalyDetection.Evaluate(single, falsePositiveCount: 5).AreaUnderRocCurve.Should().BeApproximately(ranking.AreaUnderRocCurve, 1e-6);
    }

    [Fact]
    public void Cross_validation_by_sampling_key_scores_every_row_once()
    {
        var data = Windows(75);

        var folds = _ml.BinaryClassification.CrossValidateNonCalibrated(data, Chain(), numberOfFolds: 3, samplingKeyColumnName: "Host");

        folds.Should().HaveCount(3).And.OnlyContain(fold => fold.Metrics.AreaUnderRocCurve >= 0 && fold.Metrics.AreaUnderRocCurve <= 1);
        folds.SelectMany(fold => fold.ScoredHoldOutSet.GetColumn<long>("Start")).Should().BeEquivalentTo(Enumerable.Range(0, 75).Select(i => (long)i));
    }

    [Fact]
    public void Single_labels_train_the_same_model_as_Booleans()
    {
        var view = _ml.Data.LoadFromEnumerable(ToySeries.Windows(40));
        var single = _ml.Transforms.Conversion.ConvertType("Label", outputKind: DataKind.Single).Fit(view).Transform(view);

        var scores = ViewText.Of(Chain().Fit(view).Transform(view), "Score");

        ViewText.Of(Chain().Fit(single).Transform(single), "Score").Should().Equal(scores);
    }

    /// <summary>Of many hosts: which part a host falls in is a matter of its hash, and every part needs both classes.</summary>
    private IDataView Windows(int count)
    {
        var windows = ToySeries.Windows(count);
        for (int i = 0; i < count; i++)
            windows[i].Host = $"host {i % 25}";
        return _ml.Data.LoadFromEnumerable(windows);
    }

    private EstimatorChain<SoftPromptAnomalyTransformer> Chain() =>
        _ml.Transforms.BalanceTSmote(new TSmoteBalancer.Options { NeighbourCount = 2, SamplingKeyColumnName = "Host", Seed = 1 })
            .Append(_ml.Transforms.QuantizeSeries("Tokens", "Series", 50))
            .Append(_ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(epochs: 12)));

    private static IEnumerable<string> Hosts(IDataView view) => view.GetColumn<string>("Host").Distinct();
}
