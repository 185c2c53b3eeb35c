using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Evaluation;

public sealed class DecisionThresholdTests
{
    private static readonly double[] s_scores = [9, 8, 7, 6, 5, 4, 3, 2, 1];
    private static readonly bool[] s_labels = [true, false, true, true, false, false, false, true, false];

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

    [Theory]
    // Falling scores 9 … 1 with anomalies at 9, 7, 6 and 2: precision 1, 1/2, 2/3, 3/4, 3/5, 1/2, 3/7, 1/2, 4/9.
    [InlineData(1, 8.5)]
    [InlineData(0.76, 8.5)]
    [InlineData(0.75, 5.5)]
    [InlineData(0.5, 1.5)]
    [InlineData(0.1, 1.5)]
    public void Target_precision_is_met_with_the_highest_recall(double target, double expected) =>
        DecisionThreshold.ByPrecision(s_scores, s_labels, target).Should().Be(expected);

    [Fact]
    public void Precision_that_no_threshold_has_gives_the_highest_there_is() =>
        // Precision 0, 1/2, 2/3, 1/2: the cut below 2 has two thirds.
        DecisionThreshold.ByPrecision([4, 3, 2, 1], [false, true, true, false], 0.9).Should().Be(1.5);

    [Theory]
    [InlineData(0.01, 8.5)]
    [InlineData(0.25, 8.5)]
    [InlineData(0.26, 6.5)]
    [InlineData(0.75, 5.5)]
    [InlineData(1, 1.5)]
    public void Target_recall_is_met_with_the_highest_threshold(double target, double expected) =>
        DecisionThreshold.ByRecall(s_scores, s_labels, target).Should().Be(expected);

    [Fact]
    public void Targets_are_met_on_any_scores_that_allow_it()
    {
        Gen<(int, bool)[]> items = (from s in Gen.Choose(-9, 9) from y in Gen.Elements(true, false) select (s, y)).NonEmptyListOf().Select(l => l.Append((0, true)).ToArray());

        Prop.ForAll(items.ToArbitrary(), Gen.Choose(1, 10).Select(t => t / 10.0).ToArbitrary(), (Func<(int Score, bool Label)[], double, bool>)((list, target) =>
        {
            double[] scores = list.Select(i => (double)i.Score).ToArray();
            bool[] labels = list.Select(i => i.Label).ToArray();
            BinaryMetrics[] all = Enumerable.Range(-11, 22).Select(t => BinaryMetrics.Compute(scores, labels, t + 0.5)).ToArray();
            BinaryMetrics precise = BinaryMetrics.Compute(scores, labels, DecisionThreshold.ByPrecision(scores, labels, target));
            BinaryMetrics complete = BinaryMetrics.Compute(scores, labels, DecisionThreshold.ByRecall(scores, labels, target));
            double reachable = Math.Min(target, all.Max(m => m.Precision));
            return precise.Precision >= reachable && precise.Recall == all.Where(m => m.Precision >= reachable).Max(m => m.Recall)
                && complete.Recall >= target && complete.TruePositives + complete.FalsePositives == all.Where(m => m.Recall >= target).Min(m => m.TruePositives + m.FalsePositives);
        })).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void Targets_out_of_range_are_refused(double target)
    {
        Action precision = () => DecisionThreshold.ByPrecision([1], [true], target);
        Action recall = () => DecisionThreshold.ByRecall([1], [true], target);

        precision.Should().Throw<ArgumentOutOfRangeException>().WithMessage("A target must be above 0 and at most 1.*");
        recall.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Labels_without_an_anomaly_are_refused()
    {
        Action choose = () => DecisionThreshold.ByF1([1, 2], [false, false]);

        choose.Should().Throw<ArgumentException>().WithMessage("None of the 2 items is anomalous*");
    }
}
