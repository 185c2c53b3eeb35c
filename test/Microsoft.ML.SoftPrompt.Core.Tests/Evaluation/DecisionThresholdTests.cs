using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Evaluation;

public sealed class DecisionThresholdTests
{
    [Fact]
    public void Threshold_lies_midway_between_the_classes() =>
        DecisionThreshold.ByF1([0.1, 0.2, 0.8, 0.6], [false, false, true, true]).Should().BeApproximately(0.4, 1e-15);

    [Fact]
    public void Of_equal_thresholds_the_highest_is_taken() =>
        // Above 3: TP 1, FN 1 → F1 2/3. Above 0: TP 2, FP 2 → F1 2/3. Between them (above 2, above 1) it is lower.
        DecisionThreshold.ByF1([4, 3, 2, 1], [true, false, false, true]).Should().Be(3.5);

    [Fact]
    public void Flagging_everything_cuts_below_the_lowest_score()
    {
        DecisionThreshold.ByF1([5, 1], [false, true]).Should().Be(-1);
        DecisionThreshold.ByF1([7, 7], [false, true]).Should().Be(6.5);
        DecisionThreshold.ByF1([1e300, 1e300], [false, true]).Should().Be(Math.BitDecrement(1e300));
    }

    [Fact]
    public void Neighbouring_numbers_can_be_parted()
    {
        double above = Math.BitIncrement(1.0);

        double threshold = DecisionThreshold.ByF1([1.0, above], [false, true]);

        (above > threshold).Should().BeTrue();
        (1.0 > threshold).Should().BeFalse();
    }

    [Fact]
    public void No_other_threshold_has_a_higher_F1()
    {
        Gen<(int, bool)[]> items = (from s in Gen.Choose(-9, 9) from y in Gen.Elements(true, false) select (s, y)).NonEmptyListOf().Select(l => l.Append((0, true)).ToArray());

        Prop.ForAll(items.ToArbitrary(), (Func<(int Score, bool Label)[], bool>)(list =>
        {
            double[] scores = list.Select(i => (double)i.Score).ToArray();
            bool[] labels = list.Select(i => i.Label).ToArray();
            double threshold = DecisionThreshold.ByF1(scores, labels);
            double best = Enumerable.Range(-11, 22).Max(t => BinaryMetrics.Compute(scores, labels, t + 0.5).F1);
            double higher = Enumerable.Range(-11, 22).Where(t => t + 0.5 > scores.Where(s => s > threshold).Min()).Select(t => BinaryMetrics.Compute(scores, labels, t + 0.5).F1).DefaultIfEmpty(0).Max();
            return BinaryMetrics.Compute(scores, labels, threshold).F1 == best && higher < best;
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Labels_without_an_anomaly_are_refused()
    {
        Action choose = () => DecisionThreshold.ByF1([1, 2], [false, false]);

        choose.Should().Throw<ArgumentException>().WithMessage("None of the 2 items is anomalous*");
    }
}
