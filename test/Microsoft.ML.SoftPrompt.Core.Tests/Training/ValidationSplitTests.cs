namespace Microsoft.ML.SoftPrompt.Training;

public sealed class ValidationSplitTests
{
    private const string AllTrain = "all rows train, the last epoch is kept and the threshold is probability 0.5.";

    [Fact]
    public void Without_groups_the_last_fifth_is_held_out()
    {
        ValidationSplit split = ValidationSplit.HoldOut(Rows("0100000001"), groups: null, seed: 1);

        split.Train.Should().Equal(0, 1, 2, 3, 4, 5, 6, 7);
        split.Validation.Should().Equal(8, 9);
        split.Reason.Should().Be("Of 10 rows 8 train; the last 2 of 10 rows (2 rows) choose the epoch and the threshold.");
    }

    [Fact]
    public void With_groups_a_fifth_of_them_is_held_out_whole()
    {
        string[] groups = Enumerable.Range(0, 30).Select(i => $"host {i % 10}").ToArray();
        TrainingExample[] rows = Rows("010101010110101010100101010101");

        ValidationSplit split = ValidationSplit.HoldOut(rows, groups, seed: 3);

        split.Validation.Select(i => groups[i]).Distinct().Should().HaveCount(2);
        split.Validation.Should().HaveCount(6);
        split.Train.Select(i => groups[i]).Should().NotIntersectWith(split.Validation.Select(i => groups[i]));
        split.Train.Concat(split.Validation).Order().Should().Equal(Enumerable.Range(0, 30));
        split.Reason.Should().StartWith("Of 30 rows 24 train; 2 of 10 groups (6 rows)");
        ValidationSplit.HoldOut(rows, groups, seed: 3).Validation.Should().Equal(split.Validation);
        Enumerable.Range(0, 9).Select(s => string.Join(",", ValidationSplit.HoldOut(rows, groups, s).Validation)).Distinct().Should().HaveCountGreaterThan(1);
    }

    [Theory]
    [InlineData(0.5, 5)]
    [InlineData(0.01, 1)]
    [InlineData(0.99, 9)]
    public void Fraction_held_out_is_at_least_one_row_and_never_all(double fraction, int expected) =>
        ValidationSplit.HoldOut(Rows("1010101001"), groups: null, seed: 1, fraction).Reason.Should().Contain($"the last {expected} of 10 rows");

    [Fact]
    public void Of_two_groups_one_is_held_out() =>
        ValidationSplit.HoldOut(Rows("0101"), ["a", "a", "b", "b"], seed: 0).Validation.Should().HaveCount(2);

    [Fact]
    public void Single_group_falls_to_the_last_rows_and_says_so()
    {
        ValidationSplit split = ValidationSplit.HoldOut(Rows("0100000001"), Enumerable.Repeat("only", 10).ToArray(), seed: 1);

        split.Validation.Should().Equal(8, 9);
        split.Reason.Should().Contain("the last 2 of 10 rows (there is only one group)");
    }

    [Theory]
    [InlineData("0101010100", "Validation on the last 2 of 10 rows was meant, but that part has no anomaly: " + AllTrain)]
    [InlineData("0101010111", "Validation on the last 2 of 10 rows was meant, but that part has nothing but anomalies: " + AllTrain)]
    [InlineData("0000000001", "Validation on the last 2 of 10 rows was meant, but the rest has no anomaly: " + AllTrain)]
    [InlineData("1", "Validation on the last 0 of 1 rows was meant, but that part has no rows: " + AllTrain)]
    public void Useless_part_trains_as_well(string labels, string reason)
    {
        ValidationSplit split = ValidationSplit.HoldOut(Rows(labels), groups: null, seed: 1);

        split.Validation.Should().BeEmpty();
        split.Train.Should().HaveCount(labels.Length);
        split.Reason.Should().Be(reason);
    }

    [Fact]
    public void Labels_a_point_count_by_their_points()
    {
        TrainingExample[] rows = [.. Rows("0100"), new TrainingExample(new uint[] { 1, 2 }, new float[] { 0, 1 })];

        ValidationSplit.HoldOut(rows, groups: null, seed: 1).Validation.Should().Equal(4);
    }

    [Fact]
    public void Given_validation_is_used_where_it_can_be()
    {
        ValidationSplit.Given(3, Rows("01")).Validation.Should().Equal(0, 1);
        ValidationSplit.Given(3, Rows("01")).Train.Should().Equal(0, 1, 2);
        ValidationSplit.Given(3, Rows("00")).Validation.Should().BeEmpty();
        ValidationSplit.Given(3, Rows("00")).Reason.Should().Be("The validation data given has no anomaly: " + AllTrain);
    }

    [Fact]
    public void Switched_off_validation_holds_nothing_out()
    {
        ValidationSplit.None(2).Should().BeEquivalentTo(new { Train = new[] { 0, 1 }, Validation = Array.Empty<int>(), Reason = "Validation is switched off: " + AllTrain });
    }

    private static TrainingExample[] Rows(string labels) => labels.Select(c => new TrainingExample(new uint[] { 1 }, new float[] { c - '0' })).ToArray();
}
