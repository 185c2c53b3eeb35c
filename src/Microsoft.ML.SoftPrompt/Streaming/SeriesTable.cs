namespace Microsoft.ML.SoftPrompt.Streaming;

/// <summary>Series by key, no more than so many: a further one takes the place of the one that was not asked for longest.</summary>
internal sealed class SeriesTable(StreamingRules rules, int capacity)
{
    private readonly Dictionary<string, LinkedListNode<TrailingSeries>> _series = new(StringComparer.Ordinal);
    private readonly LinkedList<TrailingSeries> _byUse = new(); // longest idle first

    public StreamingRules Rules => rules;

    public int Capacity => capacity;

    public int Count => _series.Count;

    /// <summary>Gets the series, the one that was not asked for longest first.</summary>
    public IEnumerable<TrailingSeries> ByUse => _byUse;

    public TrailingSeries? Find(string key) => _series.TryGetValue(key, out var node) ? node.Value : null;

    /// <summary>A series, which now is the one asked for last; a new one where there is none of that key.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="evicted">The series that a new one took the place of; else null.</param>
    public TrailingSeries Use(string key, out TrailingSeries? evicted)
    {
        evicted = null;
        if (!_series.TryGetValue(key, out var node))
            return Add(new TrailingSeries(key, Rules), out evicted);
        if (node != _byUse.Last)
        {
            _byUse.Remove(node);
            _byUse.AddLast(node);
        }
        return node.Value;
    }

    /// <summary>Adds a series that is not there.</summary>
    /// <exception cref="ArgumentException">It is there.</exception>
    public TrailingSeries Add(TrailingSeries series, out TrailingSeries? evicted)
    {
        evicted = null;
        _series.Add(series.Key, _byUse.AddLast(series));
        if (_series.Count > Capacity)
        {
            evicted = _byUse.First!.Value;
            _byUse.RemoveFirst();
            _series.Remove(evicted.Key);
        }
        return series;
    }
}
