using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt.Windowing;

/// <summary>Keeps a column's last readings of each group, as many as the longest window has.</summary>
internal abstract class RecentReadings
{
    /// <summary>Keeps the current row's value, as that reading of that group.</summary>
    public abstract void Keep(int group, long reading);

    /// <summary>A getter for the value of the current window's first reading.</summary>
    public abstract Delegate GetFirstGetter(WindowScan scan);

    /// <summary>Opens a column of any type: which one is known at run time only.</summary>
    public static RecentReadings Open(DataViewRow row, DataViewSchema.Column column, int capacity)
    {
        var getGetter = typeof(DataViewRow).GetMethod(nameof(DataViewRow.GetGetter))!.MakeGenericMethod(column.Type.RawType);
        return (RecentReadings)Activator.CreateInstance(typeof(RecentReadings<>).MakeGenericType(column.Type.RawType), getGetter.Invoke(row, [column]), capacity)!;
    }
}

/// <summary>Values in a ring for each group.</summary>
internal sealed class RecentReadings<TValue>(ValueGetter<TValue> getter, int capacity) : RecentReadings
{
    /// <summary>A ring starts with room for so many, and grows with its readings: a window may be longer than any group.</summary>
    private const int FirstRoom = 64;

    private readonly List<TValue[]> _rings = [];

    public override void Keep(int group, long reading)
    {
        if (group == _rings.Count)
            _rings.Add(new TValue[Math.Min(FirstRoom, capacity)]);
        TValue[] ring = _rings[group];
        // Until it has its full size nothing in it was overwritten, and every reading stands at its own number.
        if (reading >= ring.Length && ring.Length < capacity)
        {
            Array.Resize(ref ring, (int)Math.Min(2L * ring.Length, capacity));
            _rings[group] = ring;
        }
        getter(ref ring[reading % capacity]);
    }

    public override Delegate GetFirstGetter(WindowScan scan)
    {
        ValueGetter<TValue> first = (ref TValue value) => value = _rings[scan.Group][scan.Window.Start % capacity];
        return first;
    }

    /// <summary>Copies a window's values, oldest first.</summary>
    public void CopyTo(int group, SeriesWindow window, Span<TValue> destination)
    {
        ReadOnlySpan<TValue> ring = _rings[group];
        int start = (int)(window.Start % capacity);
        int first = Math.Min(window.Length, capacity - start);
        ring.Slice(start, first).CopyTo(destination);
        ring[..(window.Length - first)].CopyTo(destination[first..]);
    }
}
