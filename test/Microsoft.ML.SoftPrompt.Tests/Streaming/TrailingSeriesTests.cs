using Microsoft.ML.SoftPrompt.Streaming;

namespace Microsoft.ML.SoftPrompt.Tests.Streaming;

/// <summary>What becomes of readings out of order, repeated or missing: windows of four, the values being the minutes.</summary>
public sealed class TrailingSeriesTests
{
    private const float Missing = float.NaN;

    private StreamingCounts _counts;

    private static TrailingSeries Series(LateReadings late = LateReadings.Drop, RepeatedTimes repeated = RepeatedTimes.KeepFirst, ReadingGaps gaps = ReadingGaps.Ignore,
        int? longest = null, int stride = 1) =>
        new("pump", new StreamingRules(
            new StreamingDetectorOptions { LateReadings = late, RepeatedTimes = repeated, Gaps = gaps, Interval = TimeSpan.FromMinutes(1), LongestFilledGap = longest, Stride = stride }, windowSize: 4));

    private bool Take(TrailingSeries series, int minute, float? value = null) => series.Take(ToyDetector.At(minute, value ?? minute), ref _counts);

    private float[] WindowAfter(TrailingSeries series, params int[] minutes)
    {
        foreach (int minute in minutes)
            Take(series, minute);
        return series.TakeWindow();
    }

    [Fact]
    public void A_window_holds_the_last_readings_and_is_due_when_full_and_then_every_stride()
    {
        TrailingSeries series = Series(stride: 3);
        var due = new List<int>();
        for (int minute = 0; minute < 12; minute++)
        {
            Take(series, minute);
            if (series.IsDue)
            {
                due.Add(minute);
                series.TakeWindow().Should().Equal(minute - 3, minute - 2, minute - 1, minute);
            }
        }

        due.Should().Equal(3, 6, 9);
    }

    [Fact]
    public void A_late_reading_is_dropped_and_counted()
    {
        WindowAfter(Series(), 1, 2, 3, 5, 4).Should().Equal(1, 2, 3, 5);

        _counts.Should().Be(new StreamingCounts { Readings = 4, LateDropped = 1 });
    }

    [Fact]
    public void A_late_reading_takes_its_place_and_the_oldest_leaves()
    {
        TrailingSeries series = Series(LateReadings.Insert);

        WindowAfter(series, 1, 2, 3, 6, 7, 4).Should().Equal(3, 4, 6, 7);
        // Before the oldest there is no place.
        WindowAfter(series, 2, 5).Should().Equal(4, 5, 6, 7);

        series.Latest.Should().Be(ToyDetector.Time(7));
        _counts.Should().Be(new StreamingCounts { Readings = 7, LateInserted = 2, LateDropped = 1 });
    }

    [Fact]
    public void A_late_reading_takes_its_place_in_a_series_that_is_not_full_yet()
    {
        WindowAfter(Series(LateReadings.Insert), 1, 5, 3, 4).Should().Equal(1, 3, 4, 5);
    }

    [Theory]
    [InlineData(RepeatedTimes.KeepFirst, new float[] { 0, 1, 2, 3 }, 4)]
    [InlineData(RepeatedTimes.KeepLast, new float[] { 0, 1, 2, 30 }, 4)]
    [InlineData(RepeatedTimes.KeepBoth, new float[] { 1, 2, 3, 30 }, 5)]
    public void A_repeated_time_is_counted_and_one_of_both_or_both_are_kept(RepeatedTimes repeated, float[] expected, int readings)
    {
        TrailingSeries series = Series(repeated: repeated);
        WindowAfter(series, 0, 1, 2, 3);

        Take(series, 3, 30).Should().Be(repeated == RepeatedTimes.KeepBoth);

        series.TakeWindow().Should().Equal(expected);
        _counts.Should().Be(new StreamingCounts { Readings = readings, RepeatedTimes = 1 });
    }

    [Theory]
    [InlineData(RepeatedTimes.KeepFirst, new float[] { 0, 1, 2, 3 })]
    [InlineData(RepeatedTimes.KeepLast, new float[] { 0, 10, 2, 3 })]
    [InlineData(RepeatedTimes.KeepBoth, new float[] { 1, 10, 2, 3 })]
    public void Where_late_readings_are_inserted_a_repeated_time_is_found_in_the_whole_window(RepeatedTimes repeated, float[] expected)
    {
        TrailingSeries series = Series(LateReadings.Insert, repeated);
        WindowAfter(series, 0, 1, 2, 3);

        Take(series, 1, 10);

        series.TakeWindow().Should().Equal(expected);
        _counts.RepeatedTimes.Should().Be(1);
    }

    [Fact]
    public void Late_and_repeated_readings_are_refused_with_both_times()
    {
        TrailingSeries series = Series(LateReadings.Refuse, RepeatedTimes.Refuse);
        WindowAfter(series, 0, 1, 2, 3);

        FluentActions.Invoking(() => Take(series, 2)).Should().Throw<InvalidOperationException>()
            .WithMessage("The series 'pump' has readings up to 2026-01-01T00:03:00.0000000Z, and was given one of 2026-01-01T00:02:00.0000000Z*LateReadings says*");
        FluentActions.Invoking(() => Take(series, 3, 30)).Should().Throw<InvalidOperationException>().WithMessage("*already has a reading of 2026-01-01T00:03:00.0000000Z*(30)*RepeatedTimes says*");
        series.TakeWindow().Should().Equal(0, 1, 2, 3);
    }

    [Fact]
    public void A_reading_without_a_time_follows_the_one_before_and_says_nothing_of_the_next()
    {
        TrailingSeries series = Series(LateReadings.Refuse, RepeatedTimes.Refuse);
        Take(series, 5);
        series.Take(new StreamingReading("pump", 6), ref _counts).Should().BeTrue();

        Take(series, 1).Should().BeTrue();

        _counts.Readings.Should().Be(3);
    }

    [Fact]
    public void A_gap_is_filled_and_the_window_is_due_with_the_reading_behind_it()
    {
        TrailingSeries series = Series(gaps: ReadingGaps.Fill, stride: 2);
        WindowAfter(series, 0, 1, 2, 3);

        Take(series, 6);

        series.IsDue.Should().BeTrue("two missing values were due, and no window ends with one");
        series.Count.Should().Be(7);
        series.TakeWindow().Should().Equal(3, Missing, Missing, 6);
        _counts.Should().Be(new StreamingCounts { Readings = 5, Gaps = 1, FilledValues = 2 });
    }

    [Theory]
    [InlineData(89, 0)]
    [InlineData(90, 1)]
    [InlineData(149, 1)]
    [InlineData(150, 2)]
    public void An_interval_counts_from_its_half(int seconds, int missing)
    {
        TrailingSeries series = Series(gaps: ReadingGaps.Fill);
        Take(series, 0);

        series.Take(new StreamingReading("pump", 1, ToyDetector.Time(0).AddSeconds(seconds)), ref _counts);

        _counts.FilledValues.Should().Be(missing);
    }

    [Theory]
    [InlineData(ReadingGaps.Fill)]
    [InlineData(ReadingGaps.StartAnew)]
    public void After_a_gap_too_long_to_fill_the_series_starts_anew(ReadingGaps gaps)
    {
        TrailingSeries series = Series(gaps: gaps, longest: 1);
        WindowAfter(series, 0, 1, 2, 3);

        Take(series, 6);

        series.Count.Should().Be(1);
        series.IsDue.Should().BeFalse();
        WindowAfter(series, 7, 8, 9).Should().Equal(6, 7, 8, 9);
        _counts.Should().Be(new StreamingCounts { Readings = 8, Gaps = 1, StartedAnew = 1 });
    }

    [Fact]
    public void A_reading_that_comes_after_its_gap_was_filled_takes_the_missing_values_place()
    {
        TrailingSeries series = Series(LateReadings.Insert, gaps: ReadingGaps.Fill);
        WindowAfter(series, 0, 1, 2, 5);

        Take(series, 3).Should().BeFalse("its place was counted when it was filled");

        series.TakeWindow().Should().Equal(2, 3, Missing, 5);
        _counts.Should().Be(new StreamingCounts { Readings = 5, LateInserted = 1, Gaps = 1, FilledValues = 2 });
    }

    [Fact]
    public void After_a_start_anew_nothing_from_before_the_gap_is_inserted()
    {
        TrailingSeries series = Series(LateReadings.Insert, gaps: ReadingGaps.StartAnew);

        WindowAfter(series, 0, 1, 5, 6, 2, 7, 8).Should().Equal(5, 6, 7, 8);

        _counts.LateDropped.Should().Be(1);
    }
}
