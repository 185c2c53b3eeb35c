using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Models;

public sealed class JudgedReadingsTests
{
    private static readonly TrainingSettings s_windowsOfFour = new() { Window = 4, Stride = 2 };

    [Fact]
    public void A_reading_has_the_mean_score_of_its_windows()
    {
        // Windows of 0–3, 2–5 and 4–7; the last reading is in none. With scores 0, 4 and 1 the readings have 0 0 2 2 2.5 2.5 1 1.
        ReadingSeries series = Series("one", "000001100", hours: true);
        JudgedReadings readings = new([series], JudgedItems.Of([series], s_windowsOfFour), s_windowsOfFour);

        ReadingMetrics above2 = readings.Judge([0, 4, 1], 2, default), above1 = readings.Judge([0, 4, 1], 0.9, default);

        (readings.Count, readings.SeriesCount, readings.VusMaximumWindow).Should().Be((8, 1, 4));
        // Flagged are 4 and 5, or 2 to 7.
        above2.Events.Should().BeEquivalentTo(new { Anomalies = 1, Detected = 1, FalseAlarms = 0, MeanDelay = 0.0, Covered = TimeSpan.FromHours(7) });
        (double roc, double pr) = SoftPrompt.Evaluation.RangeMetrics.VolumeUnderSurface([0, 0, 2, 2, 2.5, 2.5, 1, 1], [false, false, false, false, false, true, true, false], 4);
        (above1.VusRoc, above1.VusPr).Should().Be((roc, pr), "thresholds do not matter to it");
    }

    [Fact]
    public void Series_are_added_up_and_those_of_one_kind_have_no_volume()
    {
        ReadingSeries[] series = [Series("calm", "0000", hours: true), Series("short", "111", hours: true), Series("mixed", "0001", hours: true)];
        JudgedReadings readings = new(series, JudgedItems.Of(series, s_windowsOfFour), s_windowsOfFour);

        ReadingMetrics metrics = readings.Judge([5, 1], 2, default);

        // The short one has no window. The calm one's is a false alarm.
        (readings.Count, readings.SeriesCount).Should().Be((8, 2));
        metrics.Events.Should().BeEquivalentTo(new { Anomalies = 1, Detected = 0, FalseAlarms = 1, Covered = TimeSpan.FromHours(6), FalseAlarmsPerDay = 4.0 });
        (double roc, double pr) = SoftPrompt.Evaluation.RangeMetrics.VolumeUnderSurface([1, 1, 1, 1], [false, false, false, true], 4);
        (metrics.VusRoc, metrics.VusPr).Should().Be((roc, pr));
        readings.Judge([5, 1], 2, default).VusRoc.Should().Be(roc);
    }

    [Fact]
    public void Readings_of_their_own_stand_for_themselves_and_the_largest_number_does_not_overflow()
    {
        ReadingSeries points = Series("points", "0110", hours: false), windows = Series("windows", "00000110", hours: false);
        TrainingSettings settings = new() { Window = 4, PointLabels = true };

        ReadingMetrics ofPoints = new JudgedReadings([points], JudgedItems.Of([points], settings), settings).Judge([1, 0, 3, 0], 0.5, default);
        ReadingMetrics ofWindows = new JudgedReadings([windows], JudgedItems.Of([windows], s_windowsOfFour), s_windowsOfFour).Judge([0, double.MaxValue, double.MaxValue], 1, default);

        ofPoints.Events.Should().BeEquivalentTo(new { Anomalies = 1, Detected = 1, FalseAlarms = 1, MeanDelay = 1.0, Covered = (TimeSpan?)null, MeanDelayTime = (TimeSpan?)null });
        ofWindows.VusRoc.Should().BeInRange(0.5, 1);
    }

    private static ReadingSeries Series(string name, string labels, bool hours) => new(name, [.. labels.Select((label, i) =>
        new Reading(i, hours ? DateTime.UnixEpoch.AddHours(i) : null, label == '1', 0, i))]);
}
