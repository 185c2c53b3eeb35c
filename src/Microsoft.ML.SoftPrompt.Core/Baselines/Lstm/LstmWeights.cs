namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>The learned numbers of an LSTM and its head.</summary>
/// <param name="Shape">The sizes.</param>
/// <param name="Values">All parameters, tensor after tensor as <see cref="LstmShape.Tensors"/> says.</param>
internal sealed record LstmWeights(LstmShape Shape, ReadOnlyMemory<float> Values)
{
    /// <summary>Draws them evenly from ±1/√hidden, as PyTorch does for an LSTM and for a linear layer on its output.</summary>
    public static LstmWeights Random(LstmShape shape, Random random)
    {
        float bound = 1 / MathF.Sqrt(shape.Hidden);
        var values = new float[shape.ParameterCount];
        for (int i = 0; i < values.Length; i++)
            values[i] = (2 * random.NextSingle() - 1) * bound;
        return new LstmWeights(shape, values);
    }

    /// <summary>The tensor of a layer: 0 input weights, 1 recurrent weights, 2 and 3 their biases.</summary>
    public ReadOnlySpan<float> Of(int layer, int which) => Of(4 * layer + which);

    public ReadOnlySpan<float> HeadWeight => Of(4 * Shape.Layers);

    public float HeadBias => Of(4 * Shape.Layers + 1)[0];

    private ReadOnlySpan<float> Of(int tensor) => Shape.Tensors[tensor] is var t ? Values.Span.Slice(t.Offset, t.Count) : default;
}
