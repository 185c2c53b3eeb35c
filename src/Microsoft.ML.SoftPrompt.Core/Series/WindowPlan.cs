namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>
/// Where the windows of a group of readings lie. Usable in a stream: ask <see cref="EndsHere"/> after each reading, and
/// <see cref="Last"/> once when the group is over; no more than <see cref="Window"/> readings have to be kept.
/// </summary>
internal sealed class WindowPlan
{
    public WindowPlan(int window, int stride, TrailingReadings trailing)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        if (!Enum.IsDefined(trailing))
            throw new ArgumentOutOfRangeException(nameof(trailing), trailing, "Expected Drop or MoveBack.");
        Window = window;
        Stride = stride;
        Trailing = trailing;
    }

    public int Window { get; }

    public int Stride { get; }

    public TrailingReadings Trailing { get; }

    /// <summary>Whether a regular window ends with the reading that made the group <paramref name="count"/> readings long.</summary>
    public bool EndsHere(long count) => count >= Window && (count - Window) % Stride == 0;

    /// <summary>The window that is made in addition when a group of <paramref name="count"/> readings is over, or none.</summary>
    public SeriesWindow? Last(long count)
    {
        if (Trailing == TrailingReadings.Drop || count <= 0 || EndsHere(count))
            return null;
        int length = (int)Math.Min(count, Window);
        return new SeriesWindow(count - length, length);
    }

    /// <summary>The number of windows of a group of <paramref name="count"/> readings.</summary>
    public long Count(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        long regular = count < Window ? 0 : (count - Window) / Stride + 1;
        return Last(count) is null ? regular : regular + 1;
    }

    /// <summary>The windows of a group of <paramref name="count"/> readings, in the order of their starts.</summary>
    public IEnumerable<SeriesWindow> Windows(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Enumerate(count);
    }

    private IEnumerable<SeriesWindow> Enumerate(long count)
    {
        for (long start = 0; start <= count - Window; start += Stride)
            yield return new SeriesWindow(start, Window);
        if (Last(count) is { } last)
            yield return last;
    }
}
