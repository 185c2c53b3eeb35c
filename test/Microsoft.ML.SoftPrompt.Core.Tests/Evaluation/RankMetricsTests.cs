using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Evaluation;

public sealed class RankMetricsTests
{
    private const double Tolerance = 1e-12;

    [Fact]
    public void Metrics_equal_those_of_scikit_learn()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Golden.PathOf("metrics/ranking.json")));
        JsonElement cases = golden.RootElement.GetProperty("cases");
        cases.GetArrayLength().Should().BePositive();
        foreach (JsonElement c in cases.EnumerateArray())
        {
            bool[] labels = c.GetProperty("y").EnumerateArray().Select(y => y.GetInt32() == 1).ToArray();
            double[] scores = c.GetProperty("score").EnumerateArray().Select(s => s.GetDouble()).ToArray();
            JsonElement at = c.GetProperty("at_0.5");

            // The reference flags scores of 0.5 and above; here a score must be above the threshold.
            BinaryMetrics metrics = BinaryMetrics.Compute(scores, labels, Math.BitDecrement(0.5));

            RankMetrics.AreaUnderRoc(scores, labels).Should().BeApproximately(c.GetProperty("auroc").GetDouble(), Tolerance);
            RankMetrics.AveragePrecision(scores, labels).Should().BeApproximately(c.GetProperty("average_precision").GetDouble(), Tolerance);
            metrics.AreaUnderRoc.Should().BeApproximately(c.GetProperty("auroc").GetDouble(), Tolerance);
            metrics.AveragePrecision.Should().BeApproximately(c.GetProperty("average_precision").GetDouble(), Tolerance);
            metrics.Accuracy.Should().BeApproximately(at.GetProperty("accuracy").GetDouble(), Tolerance);
            metrics.Precision.Should().BeApproximately(at.GetProperty("precision").GetDouble(), Tolerance);
            metrics.Recall.Should().BeApproximately(at.GetProperty("recall").GetDouble(), Tolerance);
            metrics.F1.Should().BeApproximately(at.GetProperty("f1").GetDouble(), Tolerance);
        }
    }

    [Fact]
    public void Ties_count_half_in_the_area_and_together_in_the_precision()
    {
        double[] scores = [0.9, 0.5, 0.5, 0.1];
        bool[] labels = [true, true, false, false];

        // Pairs: .9 wins twice, .5 wins once and ties once: 3.5 of 4. Precision: 1 at recall 1/2, then 2/3 at recall 1.
        RankMetrics.AreaUnderRoc(scores, labels).Should().Be(0.875);
        RankMetrics.AveragePrecision(scores, labels).Should().BeApproximately(0.5 * 1 + 0.5 * 2 / 3, 1e-15);
    }

    [Fact]
    public void Within_groups_only_pairs_of_a_group_count()
    {
        double[] scores = [5, 6, 1, 2, 2, 9];
        bool[] labels = [false, true, true, false, true, true];

        // In a 6 beats 5. In b 1 loses to 2, and 2 ties with it. c has no normal item.
        RankMetrics.AreaUnderRocWithinGroups(scores, labels, ["a", "a", "b", "b", "b", "c"]).Should().Be(1.5 / 3);
        RankMetrics.AreaUnderRocWithinGroups(scores, labels, ["a", "a", "a", "a", "a", "a"]).Should().Be(RankMetrics.AreaUnderRoc(scores, labels));
        RankMetrics.AreaUnderRocWithinGroups(scores, labels, ["a", "b", "c", "d", "e", "f"]).Should().Be(double.NaN);
        FluentActions.Invoking(() => RankMetrics.AreaUnderRocWithinGroups(scores, labels, ["a"])).Should().Throw<ArgumentException>().WithMessage("*6 scores and 1 groups*");
    }

    [Fact]
    public void Metrics_without_a_class_are_not_numbers()
    {
        RankMetrics.AreaUnderRoc([1, 2], [true, true]).Should().Be(double.NaN);
        RankMetrics.AveragePrecision([1, 2], [true, true]).Should().Be(1);
        RankMetrics.AreaUnderRoc([1, 2], [false, false]).Should().Be(double.NaN);
        RankMetrics.AveragePrecision([1, 2], [false, false]).Should().Be(double.NaN);
    }

    [Fact]
    public void Metrics_only_see_the_order_of_the_scores()
    {
        Gen<(int, bool)[]> items = (from s in Gen.Choose(-30, 30) from y in Gen.Elements(true, false) select (s, y)).NonEmptyListOf().Select(l => l.ToArray());

        Prop.ForAll(items.ToArbitrary(), (Func<(int Score, bool Label)[], bool>)(list =>
        {
            bool[] labels = list.Select(i => i.Label).ToArray();
            double[] plain = list.Select(i => (double)i.Score).ToArray();
            double[] bent = list.Select(i => Math.Exp(i.Score / 7.0) - 100).ToArray();
            return RankMetrics.AreaUnderRoc(plain, labels).Equals(RankMetrics.AreaUnderRoc(bent, labels))
                && RankMetrics.AveragePrecision(plain, labels).Equals(RankMetrics.AveragePrecision(bent, labels))
                && (!labels.Contains(true) || BinaryMetrics.Compute(plain, labels, DecisionThreshold.ByF1(plain, labels)).F1
                    == BinaryMetrics.Compute(bent, labels, DecisionThreshold.ByF1(bent, labels)).F1);
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Malformed_input_is_refused()
    {
        Action lengths = () => RankMetrics.AreaUnderRoc([1, 2], [true]);
        Action empty = () => RankMetrics.AveragePrecision([], []);
        Action nan = () => RankMetrics.AveragePrecision([1, double.NaN], [true, false]);

        lengths.Should().Throw<ArgumentException>().WithMessage("There are 2 scores and 1 labels; every score needs its label.*");
        empty.Should().Throw<ArgumentException>().WithMessage("There are no scores*");
        nan.Should().Throw<ArgumentException>().WithMessage("The score at index 1 is NaN*");
    }
}
