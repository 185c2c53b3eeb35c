using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

public sealed class CrossValidationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Each_fold_is_fitted_on_the_other_rows_and_scored_on_its_own_by_all_stages()
    {
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 60).Select(i => new Scored { Value = i, Label = i % 2 == 0 }));
        var first = new FixedEstimator<ITransformer>(new TrainingOnlyRows(_ml));
        var last = new FixedEstimator<ITransformer>(new PlusTransformer("Score", "Value", -0.5f));
        var estimator = new EstimatorChain<ITransformer>().Append(first, TransformerScope.TrainTest).Append(last, TransformerScope.Training);

        var folds = _ml.BinaryClassification.CrossValidateNonCalibrated(data, estimator, numberOfFolds: 3, seed: 2);

        folds.Select(f => f.Fold).Should().Equal(0, 1, 2);
        var scores = folds.SelectMany(f => f.ScoredHoldOutSet.GetColumn<float>("Score")).ToArray();
        scores.Should().BeEquivalentTo(Enumerable.Range(0, 60).Select(i => i - 0.5f), "training-time rows never reach a fold's test part, and every row is tested once");
        folds.Should().OnlyContain(f => f.Metrics.ConfusionMatrix.Counts.Sum(c => c.Sum()) == f.ScoredHoldOutSet.GetColumn<float>("Score").Count());
        first.FittedOn!.GetColumn<float>("Value").Should().NotIntersectWith(folds[2].ScoredHoldOutSet.GetColumn<float>("Value"));
        last.FittedOn!.GetColumn<float>("Value").Should().ContainSingle("a chain takes the training-time mapping");
    }

    private sealed class Scored
    {
        public float Value { get; set; }

        public bool Label { get; set; }

        public bool PredictedLabel { get; set; }
    }
}
