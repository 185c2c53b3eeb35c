namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>Numbers groups in the order in which they are first seen.</summary>
internal sealed class GroupIndex
{
    private readonly Dictionary<string, int> _indices = [];

    public int Count => _indices.Count;

    /// <summary>The group's number, and whether it was new.</summary>
    public int GetOrAdd(ReadOnlySpan<char> group, out bool added)
    {
        var lookup = _indices.GetAlternateLookup<ReadOnlySpan<char>>();
        added = !lookup.TryGetValue(group, out int index);
        if (added)
            lookup[group] = index = _indices.Count;
        return index;
    }

    /// <summary>The groups' texts, by number.</summary>
    public string[] GetNames() => _indices.OrderBy(pair => pair.Value).Select(pair => pair.Key).ToArray();
}
