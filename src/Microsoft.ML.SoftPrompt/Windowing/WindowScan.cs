using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt.Windowing;

/// <summary>Finds the windows of all groups while a cursor goes through the readings; windows are counted and cut in this one way.</summary>
/// <param name="plan">Where windows lie within a group.</param>
/// <param name="group">The group of the cursor's reading; null where all readings are one group.</param>
internal sealed class WindowScan(WindowPlan plan, GroupColumn? group)
{
    private readonly Dictionary<string, int> _indices = [];
    private readonly List<GroupWindows> _groups = [];
    private int _endedGroups;

    /// <summary>The group of the reading, or of the window, that was taken last: its number, in the order in which groups are first seen.</summary>
    public int Group { get; private set; } = -1;

    /// <summary>Place of the reading taken last within its group, from 0.</summary>
    public long Reading => _groups[Group].ReadingCount - 1;

    /// <summary>The window found last.</summary>
    public SeriesWindow Window => _groups[Group].Window;

    /// <summary>Takes the reading on which the cursor stands.</summary>
    /// <returns>Whether a window ends with it.</returns>
    public bool TakeReading()
    {
        ReadOnlySpan<char> name = group is null ? "" : group.Read();
        var indices = _indices.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!indices.TryGetValue(name, out int index))
        {
            indices[name] = index = _groups.Count;
            group?.Keep();
            _groups.Add(new GroupWindows(plan, name));
        }
        Group = index;
        return _groups[Group].TakeReading();
    }

    /// <summary>When there are no more readings: goes on to the next group whose trailing readings make a window.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TakeNextEnd()
    {
        while (_endedGroups < _groups.Count)
        {
            Group = _endedGroups++;
            if (_groups[Group].TakeEnd())
                return true;
        }
        return false;
    }
}
