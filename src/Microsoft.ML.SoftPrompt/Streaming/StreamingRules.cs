namespace Microsoft.ML.SoftPrompt.Streaming;

/// <summary>The rules by which readings are taken in, for one size of window.</summary>
internal sealed class StreamingRules
{
    /// <exception cref="ArgumentException">The longest filled gap is no shorter than a window, which then would hold no reading.</exception>
    public StreamingRules(StreamingDetectorOptions options, int windowSize)
    {
        if (options.Gaps == ReadingGaps.Fill && options.LongestFilledGap >= windowSize)
            throw new ArgumentException($"{nameof(StreamingDetectorOptions)}: LongestFilledGap is {options.LongestFilledGap}, and a window has {windowSize} readings; expected less than a window.", nameof(options));
        WindowSize = windowSize;
        Stride = options.Stride;
        Late = options.LateReadings;
        Repeated = options.RepeatedTimes;
        Gaps = options.Gaps;
        Interval = options.Interval?.Ticks ?? 0;
        LongestFilledGap = options.LongestFilledGap ?? windowSize - 1;
    }

    public int WindowSize { get; }

    public int Stride { get; }

    public LateReadings Late { get; }

    public RepeatedTimes Repeated { get; }

    public ReadingGaps Gaps { get; }

    /// <summary>Ticks from one reading to the next; 0 where it is not known.</summary>
    public long Interval { get; }

    public int LongestFilledGap { get; }

    /// <summary>Whether a series keeps the times of its window.</summary>
    public bool KeepsTimes => Late == LateReadings.Insert;

    /// <summary>Whether a reading may be refused for what is in its series.</summary>
    public bool MayRefuse => Late == LateReadings.Refuse || Repeated == RepeatedTimes.Refuse;

    /// <summary>How many readings are missing between two times so many ticks apart: an interval more or less counts from its half.</summary>
    public long CountMissing(long ticks)
    {
        (long whole, long rest) = Math.DivRem(ticks, Interval);
        return whole - (rest >= Interval - rest ? 0 : 1);
    }
}
