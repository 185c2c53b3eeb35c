using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The reference values of a family's tiny model: input rows of a ragged batch, hidden states, and the gradient that a cotangent gives the rows.</summary>
internal sealed class FamilyCase
{
    private readonly float[] _embeds;

    /// <param name="family">The folder of the reference values.</param>
    /// <param name="width">The kernels, by their number among the supported.</param>
    /// <param name="precision">How the model keeps its matrices.</param>
    /// <param name="weights">A folder with other weights of the same shape; the family's own when null.</param>
    public FamilyCase(string family, int width, WeightPrecision precision = WeightPrecision.Full, string? weights = null)
    {
        Backbone = Backbones.Backbone.Open(BackboneFiles.InFolder(weights ?? Golden.PathOf("backbones/" + family)), Kernels.Supported()[width], precision: precision);
        GoldenCase golden = new($"backbones/{family}/case.safetensors");
        Lengths = golden.Integers("lengths");
        int d = Backbone.HiddenSize, longest = golden.Singles("inputs_embeds").Length / Lengths.Length / d;
        float[] Live(string name) => GoldenCase.Live(golden.Singles(name), Lengths, longest, d);
        (_embeds, Cotangent, Hidden, Gradient) = (Live("inputs_embeds"), Live("cotangent"), Live("last_hidden_state"), Live("inputs_embeds_grad"));
    }

    public IBackbone Backbone { get; }

    public int[] Lengths { get; }

    /// <summary>Rows of all series.</summary>
    public int Rows => Lengths.Sum();

    /// <summary>
    /// Whether the reference has numbers for a series. A padded row that a sliding window leaves without any key is not a number in Transformers,
    /// and makes its whole series one.
    /// </summary>
    public bool HasNumbers(int series) => !Hidden.AsSpan(Start(series), Lengths[series] * Backbone.HiddenSize).Contains(float.NaN);

    /// <summary>Largest difference over largest magnitude of the expected, of the series that the reference has numbers for.</summary>
    public double RelativeError(float[] actual, float[] expected)
    {
        int[] series = [.. Enumerable.Range(0, Lengths.Length).Where(HasNumbers)];
        series.Should().Contain(Array.IndexOf(Lengths, Lengths.Max()), "the longest series has no padding");
        actual.Should().OnlyContain(value => float.IsFinite(value));
        float[] Of(float[] values) => [.. series.SelectMany(s => values.AsSpan(Start(s), Lengths[s] * Backbone.HiddenSize).ToArray())];
        return GoldenCase.RelativeError(Of(actual), Of(expected));
    }

    private int Start(int series) => Lengths[..series].Sum() * Backbone.HiddenSize;

    public float[] Cotangent { get; }

    public float[] Hidden { get; }

    public float[] Gradient { get; }

    /// <summary>The hidden states of all positions, and what the cotangent gives the rows.</summary>
    public (float[] Hidden, float[] Gradient) Pass()
    {
        float[] hidden = new float[Rows * Backbone.HiddenSize], gradient = new float[hidden.Length];
        using IBackboneTape tape = Backbone.ForwardForTraining(Input(0), hidden);
        tape.Backward(Cotangent, [], gradient);
        return (hidden, gradient);
    }

    /// <summary>The series as supplied rows.</summary>
    /// <param name="shared">So many rows of the longest series go in front of every other one, which then is that much longer, as shared rows.</param>
    /// <param name="wanted">The wanted positions by series and position; all when null.</param>
    public BackboneInput Input(int shared, Func<int, int, bool>? wanted = null)
    {
        BackboneInput input = new(Backbone.HiddenSize);
        input.Clear(_embeds.AsMemory((Lengths[0] + Lengths[1]) * Backbone.HiddenSize, shared * Backbone.HiddenSize), _embeds);
        int row = 0;
        for (int s = 0; s < Lengths.Length; s++)
        {
            input.Add([.. Enumerable.Range(row, Lengths[s]).Select(BackboneInput.Supplied)], [.. Enumerable.Range(0, shared + Lengths[s]).Where(i => wanted is null || wanted(s, i))]);
            row += Lengths[s];
        }
        return input;
    }
}
