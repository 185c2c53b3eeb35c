using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// The weights as the matrix product takes them. Every gate is padded with zeros to whole panels, <see cref="Width"/> columns; a padding
/// unit's candidate is tanh 0, so that its state stays 0 and nothing flows back from it.
/// </summary>
#pragma warning disable CA1001 // A fitted model lives as long as anyone uses it; its memory goes with the last reference.
internal sealed unsafe class LstmMatrices
#pragma warning restore CA1001
{
    private readonly AlignedMemory _memory;
    private readonly Layer[] _layers;
    private readonly bool _forTraining;

    /// <param name="weights">The weights.</param>
    /// <param name="forTraining">Whether the way back will be gone too.</param>
    public LstmMatrices(LstmWeights weights, bool forTraining)
    {
        Shape = weights.Shape;
        _forTraining = forTraining;
        Width = Kernels.Padded(Shape.Hidden);
        _layers = new Layer[Shape.Layers];
        _memory = new AlignedMemory(checked((nint)Enumerable.Range(0, Shape.Layers).Sum(layer => (long)SizeOf(layer))));
        Load(weights);
    }

    public static Kernels Kernels => Kernels.Best;

    public LstmShape Shape { get; }

    /// <summary>Numbers in a row of hidden states; a row of gates has four times as many.</summary>
    public int Width { get; }

    public int GatesWidth => LstmShape.Gates * Width;

    public ref readonly Layer this[int layer] => ref _layers[layer];

    /// <summary>Keeps the memory while pointers into it are in use.</summary>
    public AlignedMemory.Lease Use() => _memory.Use();

    /// <summary>Takes other weights of the same sizes.</summary>
    public void Load(LstmWeights weights)
    {
        using AlignedMemory.Lease lease = _memory.Use();
        float* at = _memory.Pointer;
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            float* bias = Take(ref at, GatesWidth);
            ReadOnlySpan<float> inputBias = weights.Of(layer, 2), recurrentBias = weights.Of(layer, 3);
            for (int i = 0; i < inputBias.Length; i++)
                bias[i / Shape.Hidden * Width + i % Shape.Hidden] = inputBias[i] + recurrentBias[i];
            PackedMatrix input = Pack(weights.Of(layer, 0), InputsOf(layer), bias, ref at);
            PackedMatrix recurrent = Pack(weights.Of(layer, 1), Shape.Hidden, null, ref at);
            PackedMatrix inputBack = default, recurrentBack = default;
            if (_forTraining)
            {
                inputBack = layer == 0 ? default : input.PackTransposed(Kernels.PanelWidth, Take(ref at, Size(GatesWidth, Shape.Hidden)));
                recurrentBack = recurrent.PackTransposed(Kernels.PanelWidth, Take(ref at, Size(GatesWidth, Shape.Hidden)));
            }
            _layers[layer] = new Layer(input, recurrent, inputBack, recurrentBack);
        }
    }

    private PackedMatrix Pack(ReadOnlySpan<float> weight, int depth, float* bias, ref float* at)
    {
        float* panels = at;
        fixed (float* source = weight)
            for (int gate = 0; gate < LstmShape.Gates; gate++)
                PackedMatrix.Pack(source + (nint)gate * Shape.Hidden * depth, 1, depth, depth, Shape.Hidden, Kernels.PanelWidth, Take(ref at, Size(depth, Width)));
        return new PackedMatrix(panels, bias, depth, GatesWidth);
    }

    private nint SizeOf(int layer) => GatesWidth + Size(InputsOf(layer), GatesWidth) + Size(Shape.Hidden, GatesWidth)
        + (_forTraining ? Size(GatesWidth, Shape.Hidden) * (layer == 0 ? 1 : 2) : 0);

    private int InputsOf(int layer) => layer == 0 ? Shape.Inputs : Shape.Hidden;

    private static nint Size(int depth, int columns) => PackedMatrix.Size(depth, columns, Kernels.PanelWidth);

    private static float* Take(ref float* at, nint count)
    {
        float* taken = at;
        at += count;
        return taken;
    }

    /// <param name="input">[inputs, gates], with both biases.</param>
    /// <param name="recurrent">[hidden, gates].</param>
    /// <param name="inputBack">[gates, hidden], for the way back; not of the first layer.</param>
    /// <param name="recurrentBack">[gates, hidden], for the way back.</param>
    internal readonly struct Layer(PackedMatrix input, PackedMatrix recurrent, PackedMatrix inputBack, PackedMatrix recurrentBack)
    {
        public readonly PackedMatrix Input = input;
        public readonly PackedMatrix Recurrent = recurrent;
        public readonly PackedMatrix InputBack = inputBack;
        public readonly PackedMatrix RecurrentBack = recurrentBack;
    }
}
