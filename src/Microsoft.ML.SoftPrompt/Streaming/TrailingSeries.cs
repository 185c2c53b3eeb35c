namespace Microsoft.ML.SoftPrompt.Streaming;

/// <summary>The last readings of a series, in a ring as long as a window.</summary>
internal sealed class TrailingSeries
{
    /// <summary>In place of ticks: a reading without a time.</summary>
    private const long NoTime = -1;

    /// <summary>Set in the ticks of a missing value that was put into a gap; no time has it.</summary>
    private const long FilledMark = 1L << 62;

    // A reading a nanosecond for thirty years: a count that a file may hold and that can still grow.
    private const long MostReadings = 1L << 60;

    private readonly StreamingRules _rules;
    private readonly float[] _values;
    private readonly long[]? _times;

    public TrailingSeries(string key, StreamingRules rules)
    {
        (Key, _rules) = (key, rules);
        _values = new float[rules.WindowSize];
        _times = rules.KeepsTimes ? new long[rules.WindowSize] : null;
        UntilDue = rules.WindowSize;
    }

    private TrailingSeries(TrailingSeries other)
    {
        (Key, _rules, Count, UntilDue, Latest) = (other.Key, other._rules, other.Count, other.UntilDue, other.Latest);
        _values = (float[])other._values.Clone();
        _times = (long[]?)other._times?.Clone();
    }

    public string Key { get; }

    /// <summary>Gets how many readings the series had since it started; the value at index i stands at i modulo the window.</summary>
    public long Count { get; private set; }

    /// <summary>Gets after how many more readings the window is due.</summary>
    public int UntilDue { get; private set; }

    /// <summary>Gets the time of the last reading; null where it has none.</summary>
    public DateTime? Latest { get; private set; }

    public bool IsDue => UntilDue == 0;

    /// <summary>Gets the value of the last reading.</summary>
    public float LastValue => _values[Slot(Count - 1)];

    public TrailingSeries Copy() => new(this);

    /// <summary>Takes a reading in by the rules.</summary>
    /// <returns>Whether the series is one reading longer, so that its window may be due.</returns>
    /// <exception cref="InvalidOperationException">A rule refuses it; nothing was changed.</exception>
    public bool Take(in StreamingReading reading, ref StreamingCounts counts)
    {
        if (reading.Time is { } time && Latest is { } latest)
        {
            long ticks = time.Ticks - latest.Ticks;
            if (ticks < 0)
                return TakeLate(reading.Value, time, latest, ref counts);
            if (ticks == 0 && !TakeRepeated(Count - 1, reading.Value, time, ref counts))
                return false;
            if (ticks > 0 && _rules.Gaps != ReadingGaps.Ignore)
                TakeGap(latest, ticks, ref counts);
        }
        Push(reading.Value, reading.Time?.Ticks ?? NoTime);
        Latest = reading.Time;
        CountTaken(reading.Value, ref counts);
        return true;
    }

    /// <summary>The full window, oldest reading first; the next one is due a stride later.</summary>
    public float[] TakeWindow()
    {
        UntilDue = _rules.Stride;
        int first = Slot(Count);
        return [.. _values.AsSpan(first), .. _values.AsSpan(0, first)];
    }

    public void Write(StateWriter writer)
    {
        writer.Write(Key);
        writer.Write(Count);
        writer.Write(UntilDue);
        writer.Write(Latest);
        writer.Write<float>(_values);
        if (_times is not null)
            writer.Write<long>(_times);
    }

    public static TrailingSeries Read(StateReader reader, StreamingRules rules)
    {
        var series = new TrailingSeries(reader.ReadKey(), rules)
        {
            Count = reader.ReadInt64(0, MostReadings),
            UntilDue = (int)reader.ReadInt64(0, Math.Max(rules.WindowSize, rules.Stride)),
            Latest = reader.ReadTime(),
        };
        if (series.Count < rules.WindowSize && series.UntilDue != rules.WindowSize - series.Count)
            throw StateReader.Damaged($"{series.Count} readings of a series whose window is due after {series.UntilDue} more", $"{rules.WindowSize} together");
        reader.Read<float>(series._values);
        if (series._values.AsSpan().ContainsAny(float.PositiveInfinity, float.NegativeInfinity))
            throw StateReader.Damaged("an infinite value", "finite ones");
        if (series._times is not null)
        {
            reader.Read<long>(series._times);
            foreach (long ticks in series._times)
                if (ticks != NoTime && (ticks < 0 || (ticks & ~FilledMark) > DateTime.MaxValue.Ticks))
                    throw StateReader.Damaged($"a reading at tick {ticks}", $"0 to {DateTime.MaxValue.Ticks}");
        }
        return series;
    }

    private int Slot(long index) => (int)(index % _values.Length);

    private void Push(float value, long ticks)
    {
        int slot = Slot(Count++);
        _values[slot] = value;
        if (_times is not null)
            _times[slot] = ticks;
        if (UntilDue > 0)
            UntilDue--;
    }

    /// <returns>Whether the reading is taken beside the one that is there.</returns>
    private bool TakeRepeated(long index, float value, DateTime time, ref StreamingCounts counts)
    {
        if (_rules.Repeated == RepeatedTimes.Refuse)
            throw new InvalidOperationException(FormattableString.Invariant($"The series '{Key}' already has a reading of {time:O}, and was given another of the same time ({value}). Nothing was taken in. RepeatedTimes says what else is to become of such readings."));
        counts = counts with { RepeatedTimes = counts.RepeatedTimes + 1 };
        if (_rules.Repeated == RepeatedTimes.KeepLast)
            _values[Slot(index)] = value;
        return _rules.Repeated == RepeatedTimes.KeepBoth;
    }

    private bool TakeLate(float value, DateTime time, DateTime latest, ref StreamingCounts counts)
    {
        if (_rules.Late == LateReadings.Refuse)
            throw new InvalidOperationException(FormattableString.Invariant($"The series '{Key}' has readings up to {latest:O}, and was given one of {time:O}, which is before. Nothing was taken in. LateReadings says what else is to become of such readings."));
        if (_times is not null)
        {
            for (long index = Count - 1, oldest = Math.Max(0, Count - _values.Length); index >= oldest && _times[Slot(index)] is var there and not NoTime; index--)
            {
                long ticks = there & ~FilledMark;
                if (ticks != there && Math.Abs(ticks - time.Ticks) <= _rules.Interval / 2)
                    return TakeFilledPlace(index, value, time, ref counts);
                if (ticks == there && ticks == time.Ticks)
                    return TakeRepeated(index, value, time, ref counts) && Insert(index + 1, value, time, ref counts);
                if (ticks < time.Ticks)
                    return Insert(index + 1, value, time, ref counts);
            }
        }
        counts = counts with { LateDropped = counts.LateDropped + 1 };
        return false;
    }

    /// <summary>The reading that a gap was filled for has come: the place was counted when it was filled.</summary>
    private bool TakeFilledPlace(long index, float value, DateTime time, ref StreamingCounts counts)
    {
        _values[Slot(index)] = value;
        _times![Slot(index)] = time.Ticks;
        counts = counts with { LateInserted = counts.LateInserted + 1 };
        CountTaken(value, ref counts);
        return false;
    }

    private bool Insert(long index, float value, DateTime time, ref StreamingCounts counts)
    {
        for (long later = Count - 1; later >= index; later--)
        {
            _values[Slot(later + 1)] = _values[Slot(later)];
            _times![Slot(later + 1)] = _times[Slot(later)];
        }
        _values[Slot(index)] = value;
        _times![Slot(index)] = time.Ticks;
        Count++;
        if (UntilDue > 0)
            UntilDue--;
        counts = counts with { LateInserted = counts.LateInserted + 1 };
        CountTaken(value, ref counts);
        return true;
    }

    private void TakeGap(DateTime latest, long ticks, ref StreamingCounts counts)
    {
        long missing = _rules.CountMissing(ticks);
        if (missing <= 0)
            return;
        counts = counts with { Gaps = counts.Gaps + 1 };
        if (_rules.Gaps == ReadingGaps.StartAnew || missing > _rules.LongestFilledGap)
        {
            (Count, UntilDue) = (0, _rules.WindowSize);
            counts = counts with { StartedAnew = counts.StartedAnew + 1 };
            return;
        }
        for (int i = 1; i <= missing; i++)
            Push(float.NaN, (latest.Ticks + i * _rules.Interval) | FilledMark);
        counts = counts with { FilledValues = counts.FilledValues + missing };
    }

    private static void CountTaken(float value, ref StreamingCounts counts) =>
        counts = counts with { Readings = counts.Readings + 1, MissingValues = counts.MissingValues + (float.IsNaN(value) ? 1 : 0) };
}
