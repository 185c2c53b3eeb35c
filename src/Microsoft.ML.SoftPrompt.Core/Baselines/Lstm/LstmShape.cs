namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>The sizes of an LSTM with a linear head of one logit, and its tensors, which have PyTorch's names.</summary>
/// <param name="inputs">Numbers of a step.</param>
/// <param name="hidden">Hidden units of a layer.</param>
/// <param name="layers">Layers, one upon the other.</param>
internal sealed class LstmShape(int inputs, int hidden, int layers)
{
    /// <summary>Input gate, forget gate, candidate, output gate, in this order.</summary>
    public const int Gates = 4;

    public int Inputs => inputs;

    public int Hidden => hidden;

    public int Layers => layers;

    /// <summary>The tensors in the order in which the parameters hold them: four a layer, and the head's two.</summary>
    public IReadOnlyList<LstmTensor> Tensors { get; } = Lay(inputs, hidden, layers);

    public int ParameterCount => Tensors[^1].Offset + Tensors[^1].Count;

    private static List<LstmTensor> Lay(int inputs, int hidden, int layers)
    {
        var tensors = new List<LstmTensor>();
        for (int layer = 0; layer < layers; layer++)
        {
            Add($"lstm.weight_ih_l{layer}", Gates * hidden, layer == 0 ? inputs : hidden);
            Add($"lstm.weight_hh_l{layer}", Gates * hidden, hidden);
            Add($"lstm.bias_ih_l{layer}", Gates * hidden);
            Add($"lstm.bias_hh_l{layer}", Gates * hidden);
        }
        Add("head.weight", 1, hidden);
        Add("head.bias", 1);
        return tensors;

        void Add(string name, params int[] shape) =>
            tensors.Add(new LstmTensor(name, shape, tensors.Count == 0 ? 0 : checked(tensors[^1].Offset + tensors[^1].Count)));
    }
}

/// <param name="Name">PyTorch's name of it.</param>
/// <param name="Shape">Its sizes; rows of gates are i, f, g, o.</param>
/// <param name="Offset">Where it begins among the parameters.</param>
internal sealed record LstmTensor(string Name, int[] Shape, int Offset)
{
    public int Count => Shape.Aggregate(1, (count, size) => checked(count * size));
}
