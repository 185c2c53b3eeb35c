using System.Collections.Concurrent;
using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// A backbone small enough to work out: h_t = tanh(A (x_t + e_t) + B mean(x)), with fixed weights, so that every position depends on the
/// whole sequence and its order, and with exact gradients.
/// </summary>
internal sealed class MixingBackbone : IBackbone
{
    private readonly float[] _tokens;
    private readonly double[] _positions;
    private readonly double[] _a;
    private readonly double[] _b;
    private readonly float _gain;

    public MixingBackbone(int hiddenSize = 6, int maxPositions = 64, int preferredPositions = 40, bool writesDigits = false, float gain = 1)
    {
        var random = new Random(20);
        (HiddenSize, MaxPositions, PreferredPositions, WritesDigits, _gain) = (hiddenSize, maxPositions, preferredPositions, writesDigits, gain);
        _tokens = Numbers(random, VocabularySize * hiddenSize, 1).Select(x => (float)x).ToArray();
        _positions = Numbers(random, maxPositions * hiddenSize, 0.3);
        _a = Numbers(random, hiddenSize * hiddenSize, 0.6);
        _b = Numbers(random, hiddenSize * hiddenSize, 1.2);
    }

    public bool WritesDigits { get; }

    public int HiddenSize { get; }

    public int MaxPositions { get; }

    public int VocabularySize => 50;

    public int PreferredPositions { get; }

    public bool HasTokenizer { get; init; } = true;

    /// <summary>Fails where anything is to find its way back.</summary>
    public bool RefusesTraining { get; init; }

    public int ForwardCalls;

    /// <summary>The inputs of all calls: as many as the caller keeps.</summary>
    public ConcurrentDictionary<BackboneInput, bool> Inputs { get; } = new();

    public BackboneFingerprint Fingerprint => new("mixing", "test", 1, HiddenSize, VocabularySize, new string('0', 64));

    public void CopyTokenRow(int tokenId, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)tokenId, (uint)VocabularySize);
        _tokens.AsSpan(tokenId * HiddenSize, HiddenSize).CopyTo(destination);
    }

    /// <summary>A text is written as token numbers between spaces.</summary>
    public IReadOnlyList<int> EncodeText(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray();

    public IReadOnlyList<int> EncodeNumeral(int numeral, int largest) => WritesDigits
        ? numeral.ToString($"D{largest.ToString().Length}").Select(c => c - '0').ToArray()
        : [numeral];

    public void Forward(BackboneInput input, Span<float> hidden) => Compute(input, hidden);

    public IBackboneTape ForwardForTraining(BackboneInput input, Span<float> hidden) =>
        RefusesTraining ? throw new NotSupportedException("nothing is to be trained") : new Tape(this, input, Compute(input, hidden));

    private List<double[]> Compute(BackboneInput input, Span<float> hidden)
    {
        Interlocked.Increment(ref ForwardCalls);
        Inputs[input] = true;
        int d = HiddenSize;
        var all = new List<double[]>();
        for (int s = 0; s < input.SeriesCount; s++)
        {
            int n = input.SharedCount + input.Positions(s).Length;
            if (n > MaxPositions)
                throw new ArgumentException("too many positions");
            var x = new float[n * d];
            input.SharedRows.Span.CopyTo(x);
            for (int t = input.SharedCount; t < n; t++)
            {
                int position = input.Positions(s)[t - input.SharedCount];
                if (position >= 0)
                    CopyTokenRow(position, x.AsSpan(t * d, d));
                else
                    input.SuppliedRows.Span.Slice(~position * d, d).CopyTo(x.AsSpan(t * d));
            }
            var mean = new double[d];
            for (int i = 0; i < x.Length; i++)
                mean[i % d] += (double)x[i] / n;
            var h = new double[n * d];
            for (int t = 0; t < n; t++)
                for (int i = 0; i < d; i++)
                {
                    double u = 0;
                    for (int j = 0; j < d; j++)
                        u += _a[i * d + j] * (x[t * d + j] + _positions[t * d + j]) + _b[i * d + j] * mean[j];
                    h[t * d + i] = _gain * Math.Tanh(u);
                }
            all.Add(h);
            foreach (int t in input.Wanted(s))
            {
                for (int i = 0; i < d; i++)
                    hidden[i] = (float)h[t * d + i];
                hidden = hidden[d..];
            }
        }
        return all;
    }

    private static double[] Numbers(Random random, int count, double scale) => Enumerable.Range(0, count).Select(_ => scale * (2 * random.NextDouble() - 1)).ToArray();

    private sealed class Tape(MixingBackbone backbone, BackboneInput input, List<double[]> states) : IBackboneTape
    {
        public void Backward(ReadOnlySpan<float> hiddenGradient, Span<float> sharedGradient, Span<float> suppliedGradient)
        {
            int d = backbone.HiddenSize;
            sharedGradient.Clear();
            suppliedGradient.Clear();
            for (int s = 0; s < input.SeriesCount; s++)
            {
                double[] h = states[s];
                int n = h.Length / d;
                var dx = new double[n * d];
                foreach (int t in input.Wanted(s))
                {
                    for (int i = 0; i < d; i++)
                    {
                        double tanh = h[t * d + i] / backbone._gain;
                        double du = hiddenGradient[i] * backbone._gain * (1 - tanh * tanh);
                        for (int j = 0; j < d; j++)
                        {
                            dx[t * d + j] += backbone._a[i * d + j] * du;
                            for (int r = 0; r < n; r++)
                                dx[r * d + j] += backbone._b[i * d + j] * du / n;
                        }
                    }
                    hiddenGradient = hiddenGradient[d..];
                }
                for (int t = 0; t < n; t++)
                {
                    Span<float> target = t < input.SharedCount ? (sharedGradient.IsEmpty ? [] : sharedGradient.Slice(t * d, d))
                        : input.Positions(s)[t - input.SharedCount] is < 0 and int supplied && !suppliedGradient.IsEmpty ? suppliedGradient.Slice(~supplied * d, d)
                        : [];
                    for (int j = 0; j < target.Length; j++)
                        target[j] += (float)dx[t * d + j];
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
