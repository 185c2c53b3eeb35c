using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Tests.Balancing;

/// <summary>Keeps the series of every call, as text, apart for training and for the rest.</summary>
internal sealed class RecordingBackbone(IBackbone inner) : IBackbone
{
    public List<string> Trained { get; } = [];

    public List<string> Validated { get; } = [];

    public BackboneFingerprint Fingerprint => inner.Fingerprint;

    public int HiddenSize => inner.HiddenSize;

    public int MaxPositions => inner.MaxPositions;

    public int VocabularySize => inner.VocabularySize;

    public int PreferredPositions => inner.PreferredPositions;

    public bool HasTokenizer => inner.HasTokenizer;

    public void CopyTokenRow(int tokenId, Span<float> destination) => inner.CopyTokenRow(tokenId, destination);

    public IReadOnlyList<int> EncodeText(string text) => inner.EncodeText(text);

    public IReadOnlyList<int> EncodeNumeral(int numeral, int largest) => inner.EncodeNumeral(numeral, largest);

    public void Forward(BackboneInput input, Span<float> hidden)
    {
        Record(Validated, input);
        inner.Forward(input, hidden);
    }

    public IBackboneTape ForwardForTraining(BackboneInput input, Span<float> hidden)
    {
        Record(Trained, input);
        return inner.ForwardForTraining(input, hidden);
    }

    private static void Record(List<string> calls, BackboneInput input)
    {
        lock (calls)
            for (int s = 0; s < input.SeriesCount; s++)
                calls.Add(string.Join(' ', input.Positions(s).ToArray()));
    }
}
