namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>
/// Scratch for one call: numbers are handed out front to back and taken back all at once. It grows to exactly what the largest call needs
/// and then allocates nothing more.
/// </summary>
internal sealed unsafe class Workspace : IDisposable
{
    /// <summary>Singles in a cache line: every piece starts on one.</summary>
    private const int Line = 16;

    /// <summary>Singles of the smallest chunk, 1 MB.</summary>
    private const int SmallestChunk = 1 << 18;

    private readonly List<AlignedMemory> _chunks = [];

    /// <summary>Singles handed out of the last chunk, and of all.</summary>
    private nint _used, _usedOfAll;

    /// <summary>Gives room for numbers of undefined value, valid until <see cref="Reset"/>.</summary>
    public float* Singles(nint count)
    {
        count = checked(count + Line - 1) / Line * Line;
        if (_chunks.Count == 0 || _chunks[^1].Count - _used < count)
        {
            _chunks.Add(new AlignedMemory(Math.Max(count, SmallestChunk)));
            _used = 0;
        }
        float* start = _chunks[^1].Pointer + _used;
        _used += count;
        _usedOfAll += count;
        return start;
    }

    /// <summary>As <see cref="Singles"/>, for whole numbers.</summary>
    public int* Integers(nint count) => (int*)Singles(count);

    /// <summary>Takes everything back; several chunks become one, so that the next call of this size finds its room in one piece.</summary>
    public void Reset()
    {
        nint needed = _usedOfAll;
        _used = _usedOfAll = 0;
        if (_chunks.Count < 2)
            return;
        Dispose();
        _chunks.Add(new AlignedMemory(needed));
    }

    public void Dispose()
    {
        foreach (AlignedMemory chunk in _chunks)
            chunk.Dispose();
        _chunks.Clear();
    }
}
