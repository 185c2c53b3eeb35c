using MathNet.Numerics.Statistics;

namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>
/// What a detector's flags are worth to somebody who is called by them: how many of the anomalies were found, how often the call was
/// for nothing, and how late it came. An anomaly is a stretch of neighbouring anomalous points, as long as it goes on; a flagged stretch
/// likewise. Nothing is adjusted: a point is flagged only where the detector flagged it.
/// </summary>
public sealed class EventMetrics
{
    private EventMetrics(int anomalies, int falseAlarms, TimeSpan? covered, IReadOnlyList<DetectionDelay> delays) =>
        (Anomalies, FalseAlarms, Covered, Delays) = (anomalies, falseAlarms, covered, delays);

    /// <summary>Gets the number of anomalous stretches.</summary>
    public int Anomalies { get; }

    /// <summary>Gets the number of anomalous stretches of which at least one point is flagged.</summary>
    public int Detected => Delays.Count;

    /// <summary>Gets the share of anomalous stretches of which at least one point is flagged, 0 to 1; NaN where there are none.</summary>
    public double Recall => (double)Detected / Anomalies;

    /// <summary>Gets the number of flagged stretches without an anomalous point.</summary>
    public int FalseAlarms { get; }

    /// <summary>Gets the time from the first point to the last, summed over the series; null where times are not known.</summary>
    public TimeSpan? Covered { get; }

    /// <summary>Gets the false alarms by <see cref="Covered"/>, in alarms a day and series; null where times are not known, or cover nothing.</summary>
    public double? FalseAlarmsPerDay => Covered is { Ticks: > 0 } covered ? FalseAlarms / covered.TotalDays : null;

    /// <summary>Gets, for each anomalous stretch that was detected, from its first point to its first flagged one; in the order of the stretches.</summary>
    public IReadOnlyList<DetectionDelay> Delays { get; }

    /// <summary>Gets the mean delay of those detected, in points; NaN where none was.</summary>
    public double MeanDelay => PointDelays().Mean();

    /// <summary>Gets the median delay of those detected, in points; NaN where none was.</summary>
    public double MedianDelay => PointDelays().Median();

    /// <summary>Gets the mean delay of those detected; null where none was, or times are not known.</summary>
    public TimeSpan? MeanDelayTime => Time(TimeDelays().Mean());

    /// <summary>Gets the median delay of those detected; null where none was, or times are not known.</summary>
    public TimeSpan? MedianDelayTime => Time(TimeDelays().Median());

    /// <summary>Computes the metrics of one series.</summary>
    /// <param name="flags">Whether each point is flagged, in time order.</param>
    /// <param name="labels">Whether each point is anomalous.</param>
    /// <param name="times">The points' times, never falling; empty where they are not known.</param>
    /// <returns>The metrics.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a time lies before the one ahead of it.</exception>
    public static EventMetrics Compute(ReadOnlySpan<bool> flags, ReadOnlySpan<bool> labels, ReadOnlySpan<DateTime> times = default)
    {
        Check(flags, labels, times);
        List<Stretch> anomalies = Stretch.Of(labels);
        var delays = new List<DetectionDelay>();
        foreach ((int start, int end) in anomalies)
        {
            int delay = flags[start..(end + 1)].IndexOf(true);
            if (delay >= 0)
                delays.Add(new DetectionDelay(delay, times.IsEmpty ? null : times[start + delay] - times[start]));
        }
        int falseAlarms = 0;
        foreach ((int start, int end) in Stretch.Of(flags))
            falseAlarms += labels[start..(end + 1)].Contains(true) ? 0 : 1;
        return new EventMetrics(anomalies.Count, falseAlarms, times.IsEmpty ? null : times[^1] - times[0], delays);
    }

    /// <summary>Gives the metrics of several series together: their anomalies, false alarms and times are added up.</summary>
    /// <param name="series">The metrics of each.</param>
    /// <returns>The metrics; without any series, of nothing in no time.</returns>
    public static EventMetrics Combine(IEnumerable<EventMetrics> series)
    {
        ArgumentNullException.ThrowIfNull(series);
        EventMetrics[] all = [.. series];
        TimeSpan? covered = all.Aggregate((TimeSpan?)TimeSpan.Zero, (sum, one) => sum + one.Covered);
        return new EventMetrics(all.Sum(one => one.Anomalies), all.Sum(one => one.FalseAlarms), covered, [.. all.SelectMany(one => one.Delays)]);
    }

    private IEnumerable<double> PointDelays() => Delays.Select(delay => (double)delay.Points);

    /// <summary>In ticks; empty unless all are known.</summary>
    private IEnumerable<double> TimeDelays() => Delays.All(delay => delay.Time is not null) ? Delays.Select(delay => (double)delay.Time!.Value.Ticks) : [];

    private static TimeSpan? Time(double ticks) => double.IsNaN(ticks) ? null : TimeSpan.FromTicks((long)ticks);

    private static void Check(ReadOnlySpan<bool> flags, ReadOnlySpan<bool> labels, ReadOnlySpan<DateTime> times)
    {
        if (flags.Length != labels.Length)
            throw new ArgumentException($"There are {flags.Length} flags and {labels.Length} labels; every point needs both.", nameof(labels));
        if (flags.IsEmpty)
            throw new ArgumentException("There are no flags; a metric needs at least one.", nameof(flags));
        if (!times.IsEmpty && times.Length != flags.Length)
            throw new ArgumentException($"There are {flags.Length} flags and {times.Length} times; give a time for every point, or none at all.", nameof(times));
        for (int i = 1; i < times.Length; i++)
            if (times[i] < times[i - 1])
                throw new ArgumentException($"The time at index {i}, {times[i]:O}, lies before the one ahead of it, {times[i - 1]:O}; points must be in time order.", nameof(times));
    }
}
