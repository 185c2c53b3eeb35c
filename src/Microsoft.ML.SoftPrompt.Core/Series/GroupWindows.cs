using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>
/// Finds the windows of one group while its readings come: no reading has to be kept longer than the longest window. The sizes drawn
/// depend on the plan's seed and the group's name alone, and so not on how groups are mixed.
/// </summary>
internal sealed class GroupWindows
{
    private readonly WindowPlan _plan;
    private readonly Random? _sizes;
    private SeriesWindow _next;

    public GroupWindows(WindowPlan plan, ReadOnlySpan<char> group)
    {
        _plan = plan;
        _sizes = plan.MinimumSize < plan.MaximumSize ? new Random(SeedOf(plan.Seed, group)) : null;
        _next = new SeriesWindow(0, DrawSize());
    }

    public long ReadingCount { get; private set; }

    /// <summary>The window found last; of length 0 before the first.</summary>
    public SeriesWindow Window { get; private set; }

    /// <summary>Takes the next reading.</summary>
    /// <returns>Whether a full window, <see cref="Window"/>, ends with it.</returns>
    public bool TakeReading()
    {
        ReadingCount++;
        if (ReadingCount < _next.End)
            return false;
        Window = _next;
        _next = new SeriesWindow(Window.Start + (_plan.Stride ?? Window.Length), DrawSize());
        return true;
    }

    /// <summary>Ends the group, after its last reading.</summary>
    /// <returns>Whether one window more, <see cref="Window"/>, is made of trailing readings.</returns>
    public bool TakeEnd()
    {
        if (_plan.Trailing == TrailingReadings.Drop || Window.End == ReadingCount)
            return false;
        long start = _plan.Trailing == TrailingReadings.Keep ? _next.Start : Math.Max(0, ReadingCount - _next.Length);
        // Strides longer than a window leave readings out between windows, and so perhaps the last ones.
        if (start >= ReadingCount)
            return false;
        Window = new SeriesWindow(start, (int)(ReadingCount - start));
        return true;
    }

    private int DrawSize() => _sizes is null ? _plan.MaximumSize : (int)_sizes.NextInt64(_plan.MinimumSize, _plan.MaximumSize + 1L);

    // A hash that is the same in every process, which that of String is not.
    private static int SeedOf(int seed, ReadOnlySpan<char> group) =>
        BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed} {group}"))));
}
