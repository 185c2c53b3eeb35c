using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Evaluation;

public sealed class CurvesTests
{
    private const double Tolerance = 1e-12;

    [Fact]
    public void Points_are_those_of_the_example_in_scikit_learns_documentation()
    {
        double[] scores = [0.1, 0.4, 0.35, 0.8];
        bool[] labels = [false, false, true, true];

        IReadOnlyList<CurvePoint> roc = Curves.Roc(scores, labels);
        IReadOnlyList<CurvePoint> precisionRecall = Curves.PrecisionRecall(scores, labels);

        roc.Select(point => point.Threshold).Should().Equal(double.PositiveInfinity, 0.8, 0.4, 0.35, 0.1);
        roc.Select(point => point.FalsePositiveRate).Should().Equal(0, 0, 0.5, 0.5, 1);
        roc.Select(point => point.Recall).Should().Equal(0, 0.5, 0.5, 1, 1);
        precisionRecall.Select(point => point.Threshold).Should().Equal(double.PositiveInfinity, 0.8, 0.4, 0.35, 0.1);
        precisionRecall.Select(point => point.Precision).Should().Equal(1, 1, 0.5, 2.0 / 3, 0.5);
        precisionRecall.Select(point => point.Recall).Should().Equal(0, 0.5, 0.5, 1, 1);
    }

    [Fact]
    public void Equal_scores_are_one_point()
    {
        IReadOnlyList<CurvePoint> points = Curves.Roc([0.5, 0.9, 0.5, 0.5, 0.1], [true, true, false, false, false]);

        points.Should().Equal(
            new CurvePoint(double.PositiveInfinity, 0, 0, 2, 3), new CurvePoint(0.9, 1, 0, 2, 3), new CurvePoint(0.5, 2, 2, 2, 3), new CurvePoint(0.1, 2, 3, 2, 3));
    }

    [Fact]
    public void Intermediate_points_are_dropped_where_scikit_learn_drops_them()
    {
        double[] scores = [8, 7, 6, 5, 4, 3, 2, 1];
        bool[] labels = [true, true, true, false, false, true, false, false];

        // By hand. Anomalies and normal items flagged from 8 down: 1 0, 2 0, 3 0, 3 1, 3 2, 4 2, 4 3, 4 4. At 7, 5 and 2 both numbers
        // lie midway between their neighbours'; at 5 and 2 the first is that of both neighbours.
        Curves.Roc(scores, labels, dropIntermediate: true).Select(point => point.Threshold).Should().Equal(double.PositiveInfinity, 8, 6, 4, 3, 1);
        Curves.PrecisionRecall(scores, labels, dropIntermediate: true).Select(point => point.Threshold).Should().Equal(double.PositiveInfinity, 8, 7, 6, 4, 3, 1);
    }

    [Fact]
    public void Areas_under_the_curves_are_the_rank_metrics()
    {
        using JsonDocument golden = Golden.Json("metrics/ranking.json");
        foreach (JsonElement c in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            bool[] labels = [.. c.GetProperty("y").EnumerateArray().Select(y => y.GetInt32() == 1)];
            double[] scores = [.. c.GetProperty("score").EnumerateArray().Select(score => score.GetDouble())];

            Trapezoids(Curves.Roc(scores, labels)).Should().BeApproximately(c.GetProperty("auroc").GetDouble(), Tolerance);
            Trapezoids(Curves.Roc(scores, labels, dropIntermediate: true)).Should().BeApproximately(c.GetProperty("auroc").GetDouble(), Tolerance);
            Steps(Curves.PrecisionRecall(scores, labels)).Should().BeApproximately(c.GetProperty("average_precision").GetDouble(), Tolerance);
            Steps(Curves.PrecisionRecall(scores, labels, dropIntermediate: true)).Should().BeApproximately(c.GetProperty("average_precision").GetDouble(), Tolerance);
        }
    }

    [Fact]
    public void A_point_counts_what_its_threshold_flags()
    {
        Gen<(int, bool)[]> items = (from s in Gen.Choose(-9, 9) from y in Gen.Elements(true, false) select (s, y)).NonEmptyListOf().Select(list => list.ToArray());

        Prop.ForAll(items.ToArbitrary(), (Func<(int Score, bool Label)[], bool>)(list =>
        {
            double[] scores = [.. list.Select(item => (double)item.Score)];
            bool[] labels = [.. list.Select(item => item.Label)];
            return Curves.Roc(scores, labels).SequenceEqual(Curves.PrecisionRecall(scores, labels)) && Curves.Roc(scores, labels).All(point =>
                point.TruePositives == list.Count(item => item.Label && item.Score >= point.Threshold)
                && point.FalsePositives == list.Count(item => !item.Label && item.Score >= point.Threshold)
                && point.Positives == labels.Count(label => label) && point.Negatives == labels.Count(label => !label));
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Rates_of_a_class_that_is_absent_are_not_numbers()
    {
        Curves.Roc([1, 2], [true, true]).Select(point => point.FalsePositiveRate).Should().AllBeEquivalentTo(double.NaN);
        Curves.PrecisionRecall([1, 2], [false, false]).Select(point => point.Recall).Should().AllBeEquivalentTo(double.NaN);
        Curves.PrecisionRecall([1, 2], [false, false]).Select(point => point.Precision).Should().Equal(1, 0, 0);
    }

    [Fact]
    public void Malformed_input_is_refused()
    {
        Action lengths = () => Curves.Roc([1, 2], [true]);
        Action infinite = () => Curves.PrecisionRecall([1, double.PositiveInfinity], [true, false]);

        lengths.Should().Throw<ArgumentException>().WithMessage("There are 2 scores and 1 labels; every score needs its label.*");
        infinite.Should().Throw<ArgumentException>().WithMessage("The score at index 1 is*");
    }

    private static double Trapezoids(IReadOnlyList<CurvePoint> points) =>
        points.Zip(points.Skip(1), (a, b) => (b.FalsePositiveRate - a.FalsePositiveRate) * (a.Recall + b.Recall) / 2).Sum();

    private static double Steps(IReadOnlyList<CurvePoint> points) => points.Zip(points.Skip(1), (a, b) => (b.Recall - a.Recall) * b.Precision).Sum();
}
