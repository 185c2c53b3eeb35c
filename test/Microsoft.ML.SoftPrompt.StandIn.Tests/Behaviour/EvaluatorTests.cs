using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

public sealed class EvaluatorTests
{
    private readonly MLContext _ml = new(seed: 1);

    // Scores from high to low: + - + - -; two of the three positives-by-score (> 0) are right.
    private static readonly Scored[] _rows =
    [
        new(true, 2f, 0.9f), new(false, 1f, 0.7f), new(true, 0.5f, 0.6f), new(false, -1f, 0.3f), new(false, -2f, 0.1f),
    ];

    [Fact]
    public void Counts_and_areas_are_those_of_arithmetic_by_hand()
    {
        var metrics = _ml.BinaryClassification.EvaluateNonCalibrated(_ml.Data.LoadFromEnumerable(_rows));

        metrics.Accuracy.Should().BeApproximately(4 / 5.0, 1e-12);
        metrics.PositivePrecision.Should().BeApproximately(2 / 3.0, 1e-12);
        metrics.PositiveRecall.Should().Be(1);
        metrics.NegativePrecision.Should().Be(1);
        metrics.NegativeRecall.Should().BeApproximately(2 / 3.0, 1e-12);
        metrics.F1Score.Should().BeApproximately(0.8, 1e-12);
        metrics.AreaUnderRocCurve.Should().BeApproximately(5 / 6.0, 1e-12); // 5 of the 6 pairs are in order
        // Halves of recall: (1 + 1)/2, and from 1/2 after the negative to 2/3.
        metrics.AreaUnderPrecisionRecallCurve.Should().BeApproximately(0.5 * 1 + 0.5 * (0.5 + 2 / 3.0) / 2, 1e-12);
        metrics.ConfusionMatrix.Counts.Should().BeEquivalentTo([new double[] { 2, 0 }, [1, 2]], o => o.WithStrictOrdering());
        metrics.ConfusionMatrix.GetCountForClassPair(predictedClassIndicatorIndex: 0, actualClassIndicatorIndex: 1).Should().Be(1);
        metrics.ConfusionMatrix.GetFormattedConfusionTable().Should().Contain("Confusion table").And.Contain("positive").And.Contain("0.6667");
    }

    [SkippableFact]
    public void The_confusion_table_reads_as_ml_nets()
    {
        StandIn.Require();
        var matrix = _ml.BinaryClassification.EvaluateNonCalibrated(_ml.Data.LoadFromEnumerable(_rows)).ConfusionMatrix;

        matrix.GetFormattedConfusionTable().ReplaceLineEndings("\n").Should().Be(
            """
            TEST POSITIVE RATIO:	0.4000 (2.0/(2.0+3.0))
            Confusion table
                      ||======================
            PREDICTED || positive | negative | Recall
            TRUTH     ||======================
             positive ||        2 |        0 | 1.0000
             negative ||        1 |        2 | 0.6667
                      ||======================
            Precision ||   0.6667 |   1.0000 |

            """);
    }

    [Fact]
    public void Probabilities_give_entropies_in_bits()
    {
        var metrics = _ml.BinaryClassification.Evaluate(_ml.Data.LoadFromEnumerable(_rows));

        double logLoss = -(Math.Log2(0.9f) + Math.Log2(1 - 0.7f) + Math.Log2(0.6f) + Math.Log2(1 - 0.3f) + Math.Log2(1 - 0.1f)) / 5;
        metrics.LogLoss.Should().BeApproximately(logLoss, 1e-6);
        metrics.Entropy.Should().BeApproximately(-0.4 * Math.Log2(0.4) - 0.6 * Math.Log2(0.6), 1e-12);
    }

    [Theory]
    [InlineData(true, "positive", "negative")]
    [InlineData(false, "negative", "positive")]
    public void An_absent_class_is_refused(bool label, string present, string absent)
    {
        var data = _ml.Data.LoadFromEnumerable([new Scored(label, 1, 0.5f), new Scored(label, 2, 0.5f)]);

        _ml.BinaryClassification.Invoking(b => b.EvaluateNonCalibrated(data))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage($"*no {absent} class*", "only the {0} class is there", present);
    }

    [Fact]
    public void Anomaly_detection_wants_a_number_for_a_label()
    {
        var data = _ml.Data.LoadFromEnumerable(_rows);
        var numbered = _ml.Transforms.Conversion.ConvertType("Number", "Label").Fit(data).Transform(data);

        _ml.AnomalyDetection.Invoking(a => a.Evaluate(numbered)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*Label*");
        var metrics = _ml.AnomalyDetection.Evaluate(numbered, labelColumnName: "Number", falsePositiveCount: 1);
        metrics.AreaUnderRocCurve.Should().BeApproximately(5 / 6.0, 1e-12);
        metrics.DetectionRateAtFalsePositiveCount.Should().Be(1);
    }

    [Fact]
    public void Labels_may_be_numbers_or_keys_of_two()
    {
        var data = _ml.Data.LoadFromEnumerable(_rows);

        foreach (string label in new[] { nameof(Scored.Single), nameof(Scored.Double), nameof(Scored.Key) })
            _ml.BinaryClassification.EvaluateNonCalibrated(data, label).AreaUnderRocCurve.Should().BeApproximately(5 / 6.0, 1e-12, label);
        _ml.BinaryClassification.Invoking(b => b.EvaluateNonCalibrated(data, nameof(Scored.Int))).Should().Throw<ArgumentOutOfRangeException>();
    }

    private sealed class Scored(bool label, float score, float probability)
    {
        public bool Label { get; } = label;

        public float Single { get; } = label ? 1 : 0;

        public double Double { get; } = label ? 1 : 0;

        [KeyType(2)]
        public uint Key { get; } = label ? 2u : 1u;

        public int Int { get; } = label ? 1 : 0;

        public float Score { get; } = score;

        public float Probability { get; } = probability;

        public bool PredictedLabel { get; } = score > 0;
    }
}
