using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Evaluation;

public sealed class EventMetricsTests
{
    [Fact]
    public void Stretches_are_counted_as_by_hand()
    {
        bool[] labels = Points("0011110001110000110");
        bool[] flags = Points("0100110110000011000");

        EventMetrics metrics = EventMetrics.Compute(flags, labels);

        // Anomalies at 2–5 (first flag at 4), 9–11 (no flag; that at 7–8 ends before it) and 16–17 (none). Flagged are 1, 4–5, 7–8, 14–15:
        // only 4–5 meets an anomaly.
        metrics.Anomalies.Should().Be(3);
        metrics.Detected.Should().Be(1);
        metrics.Recall.Should().BeApproximately(1 / 3.0, 1e-15);
        metrics.FalseAlarms.Should().Be(3);
        metrics.Delays.Should().Equal(new DetectionDelay(2, null));
        metrics.MeanDelay.Should().Be(2);
        (metrics.Covered, metrics.FalseAlarmsPerDay, metrics.MeanDelayTime, metrics.MedianDelayTime).Should().Be((null, null, null, null));
    }

    [Fact]
    public void A_flag_that_runs_into_an_anomaly_is_no_false_alarm_and_comes_without_delay()
    {
        EventMetrics metrics = EventMetrics.Compute(Points("0111110"), Points("0001011"));

        metrics.Should().BeEquivalentTo(new { Anomalies = 2, Detected = 2, Recall = 1.0, FalseAlarms = 0, MeanDelay = 0.0 });
    }

    [Fact]
    public void Times_give_alarms_a_day_and_delays()
    {
        // A point every 6 hours for 2 days, then one 12 hours later: 2.5 days. Detected after 1 point of 6 hours, and after 2 of 18.
        DateTime start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        DateTime[] times = [.. new[] { 0, 6, 12, 18, 24, 30, 36, 42, 48, 60 }.Select(hours => start.AddHours(hours))];

        EventMetrics metrics = EventMetrics.Compute(Points("1011010001"), Points("0110000111"), times);

        metrics.Covered.Should().Be(TimeSpan.FromDays(2.5));
        metrics.FalseAlarms.Should().Be(2); // at 0 and 5
        metrics.FalseAlarmsPerDay.Should().BeApproximately(0.8, 1e-15);
        metrics.Delays.Should().Equal(new DetectionDelay(1, TimeSpan.FromHours(6)), new DetectionDelay(2, TimeSpan.FromHours(18)));
        (metrics.MeanDelay, metrics.MedianDelay).Should().Be((1.5, 1.5));
        (metrics.MeanDelayTime, metrics.MedianDelayTime).Should().Be((TimeSpan.FromHours(12), TimeSpan.FromHours(12)));
    }

    [Fact]
    public void Series_are_added_up()
    {
        DateTime start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        DateTime[] times = [.. Enumerable.Range(0, 5).Select(day => start.AddDays(day))];
        EventMetrics first = EventMetrics.Compute(Points("00111"), Points("11110"), times), second = EventMetrics.Compute(Points("10010"), Points("00000"), times);
        EventMetrics third = EventMetrics.Compute(Points("00010"), Points("00011"), times), fourth = EventMetrics.Compute(Points("00001"), Points("11111"), times);

        EventMetrics all = EventMetrics.Combine([first, second, third, fourth]);

        all.Should().BeEquivalentTo(new { Anomalies = 3, Detected = 3, FalseAlarms = 2, Covered = TimeSpan.FromDays(16), FalseAlarmsPerDay = 2 / 16.0 });
        // Delays of 2, 0 and 4 points.
        (all.MeanDelay, all.MedianDelay, all.MedianDelayTime).Should().Be((2, 2, TimeSpan.FromDays(2)));
        EventMetrics.Combine([first, EventMetrics.Compute(Points("01"), Points("11"))]).Should()
            .BeEquivalentTo(new { Anomalies = 2, MeanDelay = 1.5, Covered = (TimeSpan?)null, MeanDelayTime = (TimeSpan?)null }, "the times of one are not known");
    }

    [Fact]
    public void What_does_not_exist_is_no_number()
    {
        EventMetrics none = EventMetrics.Compute(Points("010"), Points("000"), new DateTime[3]);

        (none.Recall, none.MeanDelay, none.MedianDelay).Should().Be((double.NaN, double.NaN, double.NaN));
        (none.FalseAlarms, none.Covered, none.FalseAlarmsPerDay, none.MeanDelayTime).Should().Be((1, TimeSpan.Zero, null, null));
    }

    [Fact]
    public void Backwards_in_time_alarms_and_anomalies_change_places()
    {
        Gen<(bool, bool)[]> points = (from flag in Gen.Elements(true, false) from label in Gen.Elements(true, false) select (flag, label)).NonEmptyListOf().Select(list => list.ToArray());

        Prop.ForAll(points.ToArbitrary(), (Func<(bool Flag, bool Label)[], bool>)(list =>
        {
            bool[] flags = [.. list.Select(point => point.Flag)], labels = [.. list.Select(point => point.Label)];
            EventMetrics metrics = EventMetrics.Compute(flags, labels), mirrored = EventMetrics.Compute(Reverse(flags), Reverse(labels)), swapped = EventMetrics.Compute(labels, flags);
            // What is detected does not depend on the direction; a missed anomaly is a "false alarm" of the labels against the flags.
            return (metrics.Anomalies, metrics.Detected, metrics.FalseAlarms) == (mirrored.Anomalies, mirrored.Detected, mirrored.FalseAlarms)
                && metrics.Anomalies - metrics.Detected == swapped.FalseAlarms;
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Malformed_input_is_refused()
    {
        Action lengths = () => EventMetrics.Compute([true], [true, false]);
        Action empty = () => EventMetrics.Compute([], []);
        Action times = () => EventMetrics.Compute([true, true], [true, false], [DateTime.UnixEpoch]);
        Action order = () => EventMetrics.Compute([true, true], [true, false], [DateTime.UnixEpoch.AddDays(1), DateTime.UnixEpoch]);

        lengths.Should().Throw<ArgumentException>().WithMessage("There are 1 flags and 2 labels*");
        empty.Should().Throw<ArgumentException>().WithMessage("There are no flags*");
        times.Should().Throw<ArgumentException>().WithMessage("There are 2 flags and 1 times*");
        order.Should().Throw<ArgumentException>().WithMessage("The time at index 1, 1970-01-01T00:00:00.0000000Z, lies before the one ahead of it, 1970-01-02T00:00:00.0000000Z*");
    }

    private static bool[] Points(string points) => [.. points.Select(point => point == '1')];

    private static bool[] Reverse(bool[] points) => [.. Enumerable.Reverse(points)];
}
