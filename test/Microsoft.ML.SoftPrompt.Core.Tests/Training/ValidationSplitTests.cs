using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt.Training;

public sealed class ValidationSplitTests
{
    private const string AllTrain = "all rows train, the last epoch is kept and the threshold, unless it is fixed, is probability 0.5.";

    [Fact]
    public void Without_groups_the_last_fifth_is_held_out()
    {
        ValidationSplit split = ValidationSplit.HoldOut(Rows("0100000001"), seed: 1);

        split.Train.Should().Equal(0, 1, 2, 3, 4, 5, 6, 7);
        split.Validation.Should().Equal(8, 9);
        split.Reason.Should().Be("Of 10 rows 8 train; the last 2 of 10 rows (2 rows) validate.");
    }

    [Fact]
    public void With_groups_a_fifth_of_them_is_held_out_whole()
    {
        string[] groups = Enumerable.Range(0, 30).Select(i => $"host {i % 10}").ToArray();
        SplitRow[] rows = WithKeys("010101010110101010100101010101", groups);

        ValidationSplit split = ValidationSplit.HoldOut(rows, seed: 3);

        split.Validation.Select(i => groups[i]).Distinct().Should().HaveCount(2);
        split.Validation.Should().HaveCount(6);
        split.Train.Select(i => groups[i]).Should().NotIntersectWith(split.Validation.Select(i => groups[i]));
        split.Train.Concat(split.Validation).Order().Should().Equal(Enumerable.Range(0, 30));
        split.Reason.Should().StartWith("Of 30 rows 24 train; 2 of 10 groups (6 rows)");
        ValidationSplit.HoldOut(rows, seed: 3).Validation.Should().Equal(split.Validation);
        Enumerable.Range(0, 9).Select(s => string.Join(",", ValidationSplit.HoldOut(rows, s).Validation)).Distinct().Should().HaveCountGreaterThan(1);
    }

    [Theory]
    [InlineData(0.5, 5)]
    [InlineData(0.01, 1)]
    [InlineData(0.99, 9)]
    public void Fraction_held_out_is_at_least_one_row_and_never_all(double fraction, int expected) =>
        ValidationSplit.HoldOut(Rows("1010101001"), seed: 1, fraction).Reason.Should().Contain($"the last {expected} of 10 rows");

    [Fact]
    public void Of_two_groups_one_is_held_out() =>
        ValidationSplit.HoldOut(WithKeys("0101", "a", "a", "b", "b"), seed: 0).Validation.Should().HaveCount(2);

    [Fact]
    public void Single_group_falls_to_the_last_rows_and_says_so()
    {
        ValidationSplit split = ValidationSplit.HoldOut(WithKeys("0100000001", [.. Enumerable.Repeat("only", 10)]), seed: 1);

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
        ValidationSplit split = ValidationSplit.HoldOut(Rows(labels), seed: 1);

        split.Validation.Should().BeEmpty();
        split.Train.Should().HaveCount(labels.Length);
        split.Reason.Should().Be(reason);
    }

    [Fact]
    public void Labels_a_point_count_by_their_points()
    {
        SplitRow[] rows = [.. Rows("0100"), new SplitRow(HasAnomaly: true, HasNormal: true)];

        ValidationSplit.HoldOut(rows, seed: 1).Validation.Should().Equal(4);
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

    [Fact]
    public void Windows_that_share_readings_with_one_that_trains_are_left_out()
    {
        // Windows of 10, stride 4: row i covers the readings 4 i … 4 i + 9.
        SplitRow[] rows = Windows("011001110101", start: i => 4 * (i % 12), group: _ => null);

        ValidationSplit split = ValidationSplit.HoldOut(rows, seed: 1, fraction: 0.4);

        split.Train.Should().Equal(0, 1, 2, 3, 4, 5, 6);
        split.Validation.Should().Equal([9, 10, 11], "the window at 24 covers 24 … 33, and those at 28 and 32 begin in it");
        split.Reason.Should().EndWith("Of those meant for it 2 share readings with a window that trains, and were left out.");
    }

    [Fact]
    public void With_groups_the_end_of_each_is_held_out_and_windows_overlap_within_their_group_only()
    {
        // Two series, interleaved: the windows of both start at 0, 10, 20, … and are 10 long.
        SplitRow[] apart = Windows("01010101011010011010", start: i => i / 2 * 10, group: i => i % 2 == 0 ? "a" : "b");

        ValidationSplit split = ValidationSplit.HoldOut(apart, seed: 1, endOfEachGroup: true);

        split.Validation.Should().Equal(16, 17, 18, 19);
        split.Train.Should().HaveCount(16);
        split.Reason.Should().Contain("the last 0.2 of the rows of each of 2 groups (4 rows)");
    }

    [Fact]
    public void Without_groups_a_series_ends_where_the_starts_no_longer_rise()
    {
        SplitRow[] rows = Windows("0101010110", start: i => i % 8 * 5, group: _ => null);

        ValidationSplit.HoldOut(rows, seed: 1).Validation.Should().Equal([8, 9], "rows 8 and 9 begin a second series at 0");
    }

    [Fact]
    public void Overlap_is_what_comparing_every_pair_finds() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        SplitRow[] rows = Enumerable.Range(0, 30).Select(_ => new SplitRow(true, true, Group: random.Next(2) == 0 ? "a" : "b", Window: new SeriesWindow(random.Next(60), random.Next(1, 9)))).ToArray();
        int[] train = Enumerable.Range(0, 15).ToArray(), heldOut = Enumerable.Range(15, 15).ToArray();

        bool Share(SplitRow x, SplitRow y) => x.Group == y.Group && x.Window!.Value.Start < y.Window!.Value.Start + y.Window.Value.Length && y.Window.Value.Start < x.Window.Value.Start + x.Window.Value.Length;
        WindowOverlap.WithoutOverlap(rows, train, heldOut).Should().Equal(heldOut.Where(i => !train.Any(t => Share(rows[t], rows[i]))));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Balanced_rows_keep_the_split_they_came_with()
    {
        ValidationSplit split = ValidationSplit.Balanced([false, false, false, true], [false, true, false, false]);

        split.Train.Should().Equal(0, 2, 3);
        split.Validation.Should().Equal(1);
        split.Reason.Should().Be("Of 4 rows 3 train, 1 of them synthetic; the 1 rows that BalanceTSmote held out validate.");
        ValidationSplit.Balanced([false, true], [false, false]).Reason.Should().Contain("held none out for validation: " + AllTrain);
    }

    private static SplitRow[] Rows(string labels) => labels.Select(c => new SplitRow(c == '1', c == '0')).ToArray();

    private static SplitRow[] WithKeys(string labels, params string[] keys) => Rows(labels).Zip(keys, (row, key) => row with { SamplingKey = key }).ToArray();

    private static SplitRow[] Windows(string labels, Func<int, long> start, Func<int, string?> group) =>
        Rows(labels).Select((row, i) => row with { Group = group(i), Window = new SeriesWindow(start(i), 10) }).ToArray();
}
