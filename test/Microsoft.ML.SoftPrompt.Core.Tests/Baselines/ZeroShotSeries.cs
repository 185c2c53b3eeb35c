using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>Series and hidden states for the tests of both zero-shot methods.</summary>
internal static class ZeroShotSeries
{
    public static LabeledSeries Of(params float[] values) => new(values, new bool[1]);

    /// <summary>Series of many lengths.</summary>
    public static LabeledSeries[] Many(int count, int longest) =>
        [.. Enumerable.Range(0, count).Select(i => Of([.. Enumerable.Range(0, 1 + i * (longest - 1) / (count - 1)).Select(t => MathF.Round(10 * MathF.Sin(i + t), 1))]))];

    /// <summary>The hidden states of a text's positions, [positions, d], in a call of its own.</summary>
    public static float[] Hidden(IBackbone backbone, string text)
    {
        int[] positions = [.. backbone.EncodeText(text)];
        BackboneInput input = new(backbone.HiddenSize);
        input.Add(positions, [.. Enumerable.Range(0, positions.Length)]);
        var hidden = new float[positions.Length * backbone.HiddenSize];
        backbone.Forward(input, hidden);
        return hidden;
    }
}
