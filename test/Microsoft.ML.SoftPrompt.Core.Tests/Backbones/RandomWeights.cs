using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The tensors of a shape with numbers made on demand, so that a model of any size needs no file.</summary>
internal sealed class RandomWeights : WeightFile
{
    private readonly bool _gammaAroundOne;

    public RandomWeights(TransformerShape shape, TransformerTensors names)
    {
        _gammaAroundOne = shape.GammaAroundOne;
        Tensors = names.All(shape).DistinctBy(tensor => tensor.Name).ToDictionary(
            tensor => tensor.Name,
            tensor => new WeightTensor(tensor.Name, "F32", tensor.Shape, 0, tensor.Shape.Aggregate(4L, (bytes, size) => bytes * size)));
    }

    public override string Name => "random";

    public override IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>A model of the family with the sizes of a configuration.</summary>
    public static TransformerBackbone Open(string config)
    {
        HuggingFaceConfig fields = HuggingFaceConfig.Read(new MemoryStream(Encoding.UTF8.GetBytes(config)), "config.json");
        TransformerFamily family = TransformerFamily.Of(fields);
        TransformerShape shape = family.Shape(fields);
        TransformerTensors names = family.Tensors(shape);
        BackboneFingerprint fingerprint = new("random", shape.Family, shape.Layers.Count, shape.HiddenSize, shape.VocabularySize, new string('0', 64));
        return new TransformerBackbone(fingerprint, shape, names, new RandomWeights(shape, names), null, Microsoft.ML.SoftPrompt.Tensors.Kernels.Best);
    }

    public override long Length => Tensors.Values.Sum(tensor => tensor.Bytes);

    public override void Hash(IncrementalHash hash)
    {
    }

    /// <summary>Uniform numbers: those of matrices about as large as keeps a row's magnitude, biases within ± 0.2 and γ within that of 1.</summary>
    public override void ReadRaw(WeightTensor tensor, long from, Span<byte> destination)
    {
        Span<float> numbers = MemoryMarshal.Cast<byte, float>(destination);
        uint seed = (uint)tensor.Name.Sum(letter => letter * 31) * 2654435761u;
        float scale = tensor.Shape.Count == 1 ? 0.2f : 1 / MathF.Sqrt(tensor.Shape[1]);
        float centre = tensor.Shape.Count == 1 && tensor.Name.EndsWith(".weight", StringComparison.Ordinal) && !_gammaAroundOne ? 1 : 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            uint bits = seed ^ (uint)(from / sizeof(float) + i) * 2246822519u;
            bits = (bits ^ (bits >> 15)) * 0x85EBCA6Bu;
            bits ^= bits >> 13;
            numbers[i] = (bits * (2f / uint.MaxValue) - 1) * scale + centre;
        }
    }
}
