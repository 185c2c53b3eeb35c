using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Series;

public sealed class WindowPlanTests
{
    [Theory]
    // 10 readings, windows of 4 at 0, 3 and 6: the last ends with reading 9, so that nothing is left to move back for.
    [InlineData(10, 4, 3, TrailingReadings.Drop, "0+4 3+4 6+4")]
    [InlineData(10, 4, 3, TrailingReadings.MoveBack, "0+4 3+4 6+4")]
    [InlineData(11, 4, 3, TrailingReadings.Drop, "0+4 3+4 6+4")]
    [InlineData(11, 4, 3, TrailingReadings.MoveBack, "0+4 3+4 6+4 7+4")]
    [InlineData(3, 4, 3, TrailingReadings.Drop, "")]
    [InlineData(3, 4, 3, TrailingReadings.MoveBack, "0+3")]
    [InlineData(4, 4, 9, TrailingReadings.MoveBack, "0+4")]
    [InlineData(0, 4, 1, TrailingReadings.MoveBack, "")]
    // A stride beyond the window leaves readings out between windows.
    [InlineData(9, 2, 5, TrailingReadings.MoveBack, "0+2 5+2 7+2")]
    public void Windows_lie_where_worked_out_by_hand(int count, int window, int stride, TrailingReadings trailing, string expected)
    {
        var plan = new WindowPlan(window, stride, trailing);

        string.Join(" ", plan.Windows(count).Select(w => $"{w.Start}+{w.Length}")).Should().Be(expected);
    }

    [Fact]
    public void Count_and_stream_agree_with_every_start_tried_in_turn()
    {
        Gen<(int, int, int)> gen = from count in Gen.Choose(0, 60) from window in Gen.Choose(1, 20) from stride in Gen.Choose(1, 25) select (count, window, stride);

        Prop.ForAll(gen.ToArbitrary(), (Func<(int, int, int), bool>)(p =>
        {
            (int count, int window, int stride) = p;
            long[] regular = Enumerable.Range(0, count + 1).Where(s => s % stride == 0 && s + window <= count).Select(s => (long)s).ToArray();
            var drop = new WindowPlan(window, stride, TrailingReadings.Drop);
            var back = new WindowPlan(window, stride, TrailingReadings.MoveBack);
            long[] streamed = Enumerable.Range(1, count).Where(n => drop.EndsHere(n)).Select(n => (long)n - window).ToArray();
            bool covered = regular.Length > 0 && regular[^1] + window == count;

            return streamed.SequenceEqual(regular)
                && drop.Windows(count).Select(w => w.Start).SequenceEqual(regular)
                && drop.Count(count) == regular.Length
                && drop.Last(count) is null
                && back.Count(count) == regular.Length + (covered || count == 0 ? 0 : 1)
                && back.Windows(count).LongCount() == back.Count(count)
                && (count == 0 || back.Windows(count).Last() is var last && last.Start + last.Length == count && last.Length == Math.Min(count, window));
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Long_groups_are_counted_without_overflow() =>
        new WindowPlan(50, 1, TrailingReadings.MoveBack).Count(10_000_000_000).Should().Be(9_999_999_951);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Windows_and_strides_below_one_are_refused(int window, int stride)
    {
        Action make = () => _ = new WindowPlan(window, stride, TrailingReadings.Drop);

        make.Should().Throw<ArgumentOutOfRangeException>();
    }
}
