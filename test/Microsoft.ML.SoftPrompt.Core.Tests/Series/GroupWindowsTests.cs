using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Series;

public sealed class GroupWindowsTests
{
    [Theory]
    // 10 readings, windows of 4 at 0, 3 and 6: the last ends with reading 9, so that nothing is left to move back for or to keep.
    [InlineData(10, 4, 3, TrailingReadings.Drop, "0+4 3+4 6+4")]
    [InlineData(10, 4, 3, TrailingReadings.MoveBack, "0+4 3+4 6+4")]
    [InlineData(10, 4, 3, TrailingReadings.Keep, "0+4 3+4 6+4")]
    [InlineData(11, 4, 3, TrailingReadings.Drop, "0+4 3+4 6+4")]
    [InlineData(11, 4, 3, TrailingReadings.MoveBack, "0+4 3+4 6+4 7+4")]
    [InlineData(11, 4, 3, TrailingReadings.Keep, "0+4 3+4 6+4 9+2")]
    [InlineData(3, 4, 3, TrailingReadings.Drop, "")]
    [InlineData(3, 4, 3, TrailingReadings.MoveBack, "0+3")]
    [InlineData(3, 4, 3, TrailingReadings.Keep, "0+3")]
    [InlineData(4, 4, 9, TrailingReadings.MoveBack, "0+4")]
    [InlineData(0, 4, 1, TrailingReadings.MoveBack, "")]
    [InlineData(0, 4, 1, TrailingReadings.Keep, "")]
    // A stride beyond the window leaves readings out between windows.
    [InlineData(9, 2, 5, TrailingReadings.MoveBack, "0+2 5+2 7+2")]
    [InlineData(9, 2, 5, TrailingReadings.Keep, "0+2 5+2")]
    [InlineData(11, 2, 5, TrailingReadings.Keep, "0+2 5+2 10+1")]
    public void Windows_lie_where_worked_out_by_hand(int count, int size, int stride, TrailingReadings trailing, string expected) =>
        string.Join(" ", Windows(WindowPlan.Fixed(size, stride, trailing), "", count).Select(w => $"{w.Start}+{w.Length}")).Should().Be(expected);

    [Fact]
    public void Windows_are_those_of_every_start_tried_in_turn()
    {
        Gen<(int, int, int)> gen = from count in Gen.Choose(0, 60) from size in Gen.Choose(1, 20) from stride in Gen.Choose(1, 25) select (count, size, stride);

        Prop.ForAll(gen.ToArbitrary(), (Func<(int, int, int), bool>)(p =>
        {
            (int count, int size, int stride) = p;
            var full = Enumerable.Range(0, count + 1).Where(s => s % stride == 0 && s + size <= count).Select(s => new SeriesWindow(s, size)).ToArray();
            bool rest = count > 0 && (full.Length == 0 || full[^1].End < count);
            int next = full.Length * stride;
            int length = Math.Min(count, size);
            SeriesWindow[] movedBack = rest ? [.. full, new(count - length, length)] : full;
            SeriesWindow[] kept = rest && next < count ? [.. full, new(next, count - next)] : full;

            return Windows(WindowPlan.Fixed(size, stride, TrailingReadings.Drop), "", count).SequenceEqual(full)
                && Windows(WindowPlan.Fixed(size, stride, TrailingReadings.MoveBack), "", count).SequenceEqual(movedBack)
                && Windows(WindowPlan.Fixed(size, stride, TrailingReadings.Keep), "", count).SequenceEqual(kept);
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Windows_of_drawn_sizes_lie_end_to_end_and_within_their_limits()
    {
        Gen<(int, int, int, int)> gen = from count in Gen.Choose(1, 200) from minimum in Gen.Choose(1, 20) from more in Gen.Choose(0, 20) from seed in Gen.Choose(0, 1000) select (count, minimum, minimum + more, seed);

        Prop.ForAll(gen.ToArbitrary(), (Func<(int, int, int, int), bool>)(p =>
        {
            (int count, int minimum, int maximum, int seed) = p;
            var full = Windows(WindowPlan.Variable(minimum, maximum, TrailingReadings.Drop, seed), "a", count);
            var kept = Windows(WindowPlan.Variable(minimum, maximum, TrailingReadings.Keep, seed), "a", count);
            var movedBack = Windows(WindowPlan.Variable(minimum, maximum, TrailingReadings.MoveBack, seed), "a", count);
            long end = full.Length > 0 ? full[^1].End : 0;

            return full.All(w => w.Length >= minimum && w.Length <= maximum)
                && kept.Select(w => w.Start).SequenceEqual(kept.Select(w => w.End).SkipLast(1).Prepend(0))
                && kept[^1].End == count && kept.Take(full.Length).SequenceEqual(full)
                && count - end < maximum
                && movedBack[^1].End == count && movedBack.Length == kept.Length && (movedBack[^1].Length >= minimum || movedBack[^1].Length == count);
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Sizes_are_drawn_uniformly()
    {
        const int Windows10 = 10_000;
        var lengths = Windows(WindowPlan.Variable(3, 7, TrailingReadings.Drop, seed: 1), "a", 5 * Windows10).GroupBy(w => w.Length).ToDictionary(g => g.Key, g => g.Count());

        lengths.Keys.Order().Should().Equal(3, 4, 5, 6, 7);
        // A fifth of 10,000 each; a binomial count's standard deviation is 40, and five of them are 200.
        lengths.Values.Should().OnlyContain(count => Math.Abs(count - Windows10 / 5) < 200);
    }

    [Fact]
    public void Sizes_repeat_by_seed_and_group_and_differ_between_them()
    {
        string Sizes(int seed, string group) => string.Join(" ", Windows(WindowPlan.Variable(1, 50, TrailingReadings.Drop, seed), group, 500).Select(w => w.Length));

        Sizes(1, "a").Should().Be(Sizes(1, "a")).And.NotBe(Sizes(2, "a")).And.NotBe(Sizes(1, "b"));
    }

    // Recorded: a model's windows have to be the same in the next process, and with the next version.
    [Fact]
    public void Sizes_are_the_same_in_every_process() =>
        Windows(WindowPlan.Variable(1, 50, TrailingReadings.Drop, seed: 1), "web-1", 200).Select(w => w.Length).Should().Equal(10, 50, 39, 38, 16);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Sizes_and_strides_below_one_are_refused(int size, int stride)
    {
        Action make = () => WindowPlan.Fixed(size, stride, TrailingReadings.Drop);

        make.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Sizes_out_of_order_are_refused()
    {
        Action make = () => WindowPlan.Variable(5, 4, TrailingReadings.Drop, seed: 1);

        make.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static SeriesWindow[] Windows(WindowPlan plan, string group, int count)
    {
        var windows = new GroupWindows(plan, group);
        var found = new List<SeriesWindow>();
        for (int i = 0; i < count; i++)
            if (windows.TakeReading())
                found.Add(windows.Window);
        if (windows.TakeEnd())
            found.Add(windows.Window);
        return [.. found];
    }
}
