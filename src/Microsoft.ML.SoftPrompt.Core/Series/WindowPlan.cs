namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>Where windows lie in each group of readings: of one size, a stride apart, or of sizes drawn at random, laid end to end.</summary>
internal sealed class WindowPlan
{
    private WindowPlan(int minimumSize, int maximumSize, int? stride, TrailingReadings trailing, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumSize, minimumSize);
        if (!Enum.IsDefined(trailing))
            throw new ArgumentOutOfRangeException(nameof(trailing), trailing, $"Expected one of {string.Join(", ", Enum.GetNames<TrailingReadings>())}.");
        MinimumSize = minimumSize;
        MaximumSize = maximumSize;
        Stride = stride;
        Trailing = trailing;
        Seed = seed;
    }

    /// <summary>The fewest readings of a full window.</summary>
    public int MinimumSize { get; }

    public int MaximumSize { get; }

    /// <summary>Readings from one window's start to the next one's; none where windows are laid end to end.</summary>
    public int? Stride { get; }

    public TrailingReadings Trailing { get; }

    public int Seed { get; }

    public static WindowPlan Fixed(int size, int stride, TrailingReadings trailing)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        return new WindowPlan(size, size, stride, trailing, seed: 0);
    }

    public static WindowPlan Variable(int minimumSize, int maximumSize, TrailingReadings trailing, int seed) => new(minimumSize, maximumSize, null, trailing, seed);
}
