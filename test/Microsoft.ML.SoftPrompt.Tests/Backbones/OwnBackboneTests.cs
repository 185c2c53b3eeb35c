using System.Security.Cryptography;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Backbones;

#region backbone
/// <summary>h_t = λ h_{t−1} + (1 − λ) x_t: a memory that fades. Nothing is learned in it, and yet a prompt can be put in front of it.</summary>
public sealed class FadingBackbone : IBackbone
{
    private const int Numerals = 2000;              // the most bins that QuantizeSeries makes: a token each
    private const float Fading = 0.8f;              // λ

    public int HiddenSize => 16;

    public int VocabularySize => Numerals;

    public int MaxPositions => 4096;

    public int PreferredPositions => 4096;          // calls of about this size are made side by side

    public bool HasTokenizer => true;

    // Stands for all that a saved model relies on: whoever changes λ or the rows must change the hash.
    public BackboneFingerprint Fingerprint { get; } = new("fading", "fading", Layers: 1, HiddenSize: 16, VocabularySize: Numerals,
        Convert.ToHexStringLower(SHA256.HashData("fading, 16 sines, λ 0.8"u8)));

    public void CopyTokenRow(int tokenId, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokenId);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(tokenId, VocabularySize);
        for (int i = 0; i < destination.Length; i++)
            destination[i] = MathF.Sin(tokenId / 10f / (1 + i) + i);
    }

    public IReadOnlyList<int> EncodeNumeral(int numeral, int largest) => [numeral];     // each a token, so none runs into the next

    public IReadOnlyList<int> EncodeText(string text) => throw new InvalidOperationException("This model knows numerals only.");

    public void Forward(BackboneInput input, Span<float> hidden)
    {
        int d = HiddenSize, written = 0;
        Span<float> state = stackalloc float[d], row = stackalloc float[d];
        for (int series = 0; series < input.SeriesCount; series++)
        {
            ReadOnlySpan<int> positions = input.Positions(series), wanted = input.Wanted(series);
            int length = input.SharedCount + positions.Length;                          // the prompt comes first
            if (length > MaxPositions)
                throw new ArgumentException($"A series takes {length} positions; the model has {MaxPositions}.", nameof(input));
            state.Clear();
            for (int t = 0; t < length; t++)
            {
                int token = t < input.SharedCount ? 0 : positions[t - input.SharedCount];
                if (t < input.SharedCount)
                    input.SharedRows.Span.Slice(t * d, d).CopyTo(row);
                else if (token < 0)                                                     // a row that the caller supplies
                    input.SuppliedRows.Span.Slice(~token * d, d).CopyTo(row);
                else
                    CopyTokenRow(token, row);
                for (int i = 0; i < d; i++)
                    state[i] = Fading * state[i] + (1 - Fading) * row[i];
                if (wanted.Length > 0 && wanted[0] == t)                                // in ascending order
                {
                    state.CopyTo(hidden.Slice(written++ * d, d));
                    wanted = wanted[1..];
                }
            }
        }
    }

    public IBackboneTape ForwardForTraining(BackboneInput input, Span<float> hidden)
    {
        Forward(input, hidden);
        return new Tape(input);                                                         // linear: nothing else to keep
    }

    private sealed class Tape(BackboneInput input) : IBackboneTape
    {
        public void Backward(ReadOnlySpan<float> hiddenGradient, Span<float> sharedGradient, Span<float> suppliedGradient)
        {
            int d = input.HiddenSize, end = input.WantedCount;
            sharedGradient.Clear();                                                     // both are overwritten; either may be empty
            suppliedGradient.Clear();
            Span<float> state = stackalloc float[d];
            for (int series = input.SeriesCount - 1; series >= 0; series--)
            {
                ReadOnlySpan<int> positions = input.Positions(series), wanted = input.Wanted(series);
                state.Clear();
                for (int t = input.SharedCount + positions.Length - 1; t >= 0; t--)
                {
                    bool asked = wanted.Length > 0 && wanted[^1] == t;
                    if (asked)
                    {
                        wanted = wanted[..^1];
                        end--;
                    }
                    Span<float> target = t < input.SharedCount ? Row(sharedGradient, t, d)
                        : positions[t - input.SharedCount] < 0 ? Row(suppliedGradient, ~positions[t - input.SharedCount], d)
                        : [];                                                           // a token's row is frozen
                    for (int i = 0; i < d; i++)
                    {
                        state[i] += asked ? hiddenGradient[end * d + i] : 0;
                        if (!target.IsEmpty)
                            target[i] += (1 - Fading) * state[i];
                        state[i] *= Fading;
                    }
                }
            }
        }

        public void Dispose()
        {
        }

        private static Span<float> Row(Span<float> rows, int row, int d) => rows.IsEmpty ? [] : rows.Slice(row * d, d);
    }
}
#endregion

/// <summary>The example of docs/own-backbone.md, word for word, compiled, checked and run.</summary>
public sealed class OwnBackboneTests
{
    [Fact]
    public void It_trains_saves_and_loads()
    {
        var windows = new MLContext().Data.LoadFromEnumerable(ToySeries.Windows(60));
        string path = Path.GetTempFileName();
        try
        {
            #region use
            var ml = new MLContext(seed: 1);
            IBackbone backbone = new FadingBackbone();
            Backbone.Register(backbone);                            // so that loading a model finds it by its fingerprint

            var trainer = ml.AnomalyDetection.Trainers.SoftPrompt(new SoftPromptAnomalyTrainer.Options { FeatureColumnName = "Tokens", Backbone = backbone, MaxEpochs = 10 });
            var model = ml.Transforms.QuantizeSeries("Tokens", "Series").Append(trainer).Fit(windows);
            ml.Model.Save(model, windows.Schema, path);
            ITransformer loaded = ml.Model.Load(path, out _);
            #endregion

            float[] scores = [.. model.Transform(windows).GetColumn<float>("Score")];
            loaded.Transform(windows).GetColumn<float>("Score").Should().Equal(scores);
            bool[] labels = [.. windows.GetColumn<bool>("Label")];
            Evaluation.BinaryMetrics.Compute(Array.ConvertAll(scores, score => (double)score), labels, 0).AreaUnderRoc.Should().BeGreaterThan(0.9, "a stretch of high values stays in the memory");
            GC.KeepAlive(backbone);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_series_does_not_depend_on_its_neighbours()
    {
        var model = new FadingBackbone();
        float[] prompt = Row(model, 7), alone = new float[16], beside = new float[3 * 16];
        Input(model, prompt, [[1, 2, 3]], input => model.Forward(input, alone));
        Input(model, prompt, [[9], [1, 2, 3], [4, 4]], input => model.Forward(input, beside));

        beside[16..32].Should().Equal(alone);
    }

    [Fact]
    public void Its_gradients_are_those_of_finite_differences()
    {
        var model = new FadingBackbone();
        float[] prompt = [.. Row(model, 7), .. Row(model, 8)], cotangent = [.. Enumerable.Range(0, 48).Select(i => MathF.Cos(i))];
        float[] gradient = new float[32], supplied = new float[16];
        int[][] series = [[1, 2, ~0], [~0, 5], [3]];
        Input(model, prompt, series, input =>
        {
            using IBackboneTape tape = model.ForwardForTraining(input, new float[48]);
            tape.Backward(cotangent, gradient, supplied);
        });

        // Linear: a difference is exact but for rounding, whatever the step.
        double Loss(float[] rows, float[] own)
        {
            float[] hidden = new float[48];
            Input(model, rows, series, input => model.Forward(input, hidden), own);
            return hidden.Zip(cotangent, (h, c) => (double)h * c).Sum();
        }
        for (int i = 0; i < 32; i += 5)
        {
            float[] moved = [.. prompt];
            moved[i] += 1;
            (Loss(moved, new float[16]) - Loss(prompt, new float[16])).Should().BeApproximately(gradient[i], 1e-5);
        }
        float[] step = new float[16];
        step[3] = 1;
        (Loss(prompt, step) - Loss(prompt, new float[16])).Should().BeApproximately(supplied[3], 1e-5);
    }

    [Theory]
    [InlineData("backbone")]
    [InlineData("use")]
    public void The_document_prints_what_is_run_here(string region) => Documents.ShouldPrint("docs/own-backbone.md", region);

    /// <summary>The last position of each series is wanted.</summary>
    private static void Input(FadingBackbone model, float[] prompt, int[][] series, Action<BackboneInput> call, float[]? supplied = null)
    {
        var input = new BackboneInput(model.HiddenSize);
        input.Clear(prompt, supplied ?? new float[model.HiddenSize]);
        foreach (int[] positions in series)
            input.Add(positions, [input.SharedCount + positions.Length - 1]);
        call(input);
    }

    private static float[] Row(FadingBackbone model, int token)
    {
        float[] row = new float[model.HiddenSize];
        model.CopyTokenRow(token, row);
        return row;
    }
}
