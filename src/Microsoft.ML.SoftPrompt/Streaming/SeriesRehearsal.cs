namespace Microsoft.ML.SoftPrompt.Streaming;

/// <summary>What a table would become: readings go into copies of its series, and the table stays as it is. Which series give their place to others is rehearsed, too.</summary>
internal sealed class SeriesRehearsal(SeriesTable table)
{
    private readonly SeriesTable _used = new(table.Rules, table.Capacity);
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);
    private readonly IEnumerator<TrailingSeries> _longestIdle = table.ByUse.GetEnumerator();
    private int _idleCount = table.Count;

    /// <summary>A series as the table's <see cref="SeriesTable.Use"/> would give it at this point.</summary>
    public TrailingSeries Use(string key)
    {
        if (_used.Find(key) is not null)
            return _used.Use(key, out _);
        TrailingSeries? there = _gone.Contains(key) ? null : table.Find(key);
        TrailingSeries series = _used.Add(there?.Copy() ?? new TrailingSeries(key, table.Rules), out TrailingSeries? evicted);
        if (there is not null)
            _idleCount--;
        // The series that were not asked for yet are idle longer than those that were.
        if (_idleCount > 0 && _idleCount + _used.Count > table.Capacity)
            EvictIdle();
        if (evicted is not null)
            _gone.Add(evicted.Key);
        return series;
    }

    private void EvictIdle()
    {
        while (_longestIdle.MoveNext())
        {
            string key = _longestIdle.Current.Key;
            if (_used.Find(key) is null && _gone.Add(key))
            {
                _idleCount--;
                return;
            }
        }
    }
}
