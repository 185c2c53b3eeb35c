using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;

/// <summary>
/// A backbone that remembers what it said of each series. Where the rows in front never change, a head's training then costs one pass over
/// the series instead of one an epoch, and is the same bit for bit: a series' hidden states depend on the series and the rows alone.
/// </summary>
internal sealed class FrozenStates(IBackbone backbone) : IBackbone
{
    // Series beyond it are computed anew; a training on a hundred thousand windows must not fill the memory.
    private const long MostFloats = 300_000_000;

    private readonly ConcurrentDictionary<string, float[]> _states = new();
    private long _floats;
    private float[]? _shared;

    public BackboneFingerprint Fingerprint => backbone.Fingerprint;

    public int HiddenSize => backbone.HiddenSize;

    public int MaxPositions => backbone.MaxPositions;

    public int VocabularySize => backbone.VocabularySize;

    public int PreferredPositions => backbone.PreferredPositions;

    public bool HasTokenizer => backbone.HasTokenizer;

    /// <summary>Forgets all states, and remembers no others: after the training every series comes once.</summary>
    public void Forget()
    {
        _floats = MostFloats;
        _states.Clear();
    }

    public void CopyTokenRow(int tokenId, Span<float> destination) => backbone.CopyTokenRow(tokenId, destination);

    public IReadOnlyList<int> EncodeText(string text) => backbone.EncodeText(text);

    public IReadOnlyList<int> EncodeNumeral(int numeral, int largest) => backbone.EncodeNumeral(numeral, largest);

    public void Forward(BackboneInput input, Span<float> hidden)
    {
        _shared ??= input.SharedRows.ToArray();
        if (!input.SharedRows.Span.SequenceEqual(_shared))
            throw new InvalidOperationException("The shared rows have changed, and with them all hidden states.");
        string[] keys = [.. Enumerable.Range(0, input.SeriesCount).Select(s => Key(input.Positions(s)) + '|' + Key(input.Wanted(s)))];
        bool known = keys.All(_states.ContainsKey);
        if (!known)
            backbone.Forward(input, hidden);
        for (int s = 0; s < keys.Length; s++)
        {
            int count = input.Wanted(s).Length * HiddenSize;
            if (known)
                _states[keys[s]].CopyTo(hidden);
            else if (Interlocked.Read(ref _floats) < MostFloats && _states.TryAdd(keys[s], hidden[..count].ToArray()))
                Interlocked.Add(ref _floats, count);
            hidden = hidden[count..];
        }
    }

    public IBackboneTape ForwardForTraining(BackboneInput input, Span<float> hidden) =>
        throw new NotSupportedException("The rows in front are frozen; nothing has to find its way back to them.");

    private static string Key(ReadOnlySpan<int> positions) => new(MemoryMarshal.Cast<int, char>(positions));
}
