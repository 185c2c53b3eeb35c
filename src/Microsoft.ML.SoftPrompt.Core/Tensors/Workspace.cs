namespace Microsoft.ML.SoftPrompt.Tensors;

/// <summary>
/// Scratch for one call: numbers are handed out front to back and taken back all at once. It grows to what a call needs and then
/// allocates nothing more.
/// </summary>
internal sealed unsafe class Workspace : IDisposable
{
    /// <summary>Singles in a cache line: every piece starts on one.</summary>
    private const int Line = 16;

    /// <summary>Singles of the first chunk, 1 MB.</summary>
    private const int FirstChunk = 1 << 18;

    private readonly List<AlignedMemory> _chunks = [];
    private nint _used;

    /// <summary>Gives room for numbers of undefined value, valid until <see cref="Reset"/>.</summary>
    public float* Singles(nint count)
    {
        count = checked(count + Line - 1) / Line * Line;
        if (_chunks.Count == 0 || _chunks[^1].Count - _used < count)
        {
            nint size = Math.Max(count, _chunks.Count == 0 ? FirstChunk : 2 * _chunks[^1].Count);
            _chunks.Add(new AlignedMemory(size));
            _used = 0;
        }
        float* start = _chunks[^1].Pointer + _used;
        _used += count;
        return start;
    }

    /// <summary>As <see cref="Singles"/>, for whole numbers.</summary>
    public int* Integers(nint count) => (int*)Singles(count);

    /// <summary>Takes everything back; several chunks become one, so that the next call of this size finds its room in one piece.</summary>
    public void Reset()
    {
        _used = 0;
        if (_chunks.Count < 2)
            return;
        nint total = 0;
        foreach (AlignedMemory chunk in _chunks)
            total += chunk.Count;
        Dispose();
        _chunks.Add(new AlignedMemory(total));
    }

    public void Dispose()
    {
        foreach (AlignedMemory chunk in _chunks)
            chunk.Dispose();
        _chunks.Clear();
    }
}
