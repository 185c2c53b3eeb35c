using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>The weights of an LSTM in the safetensors format, under PyTorch's names.</summary>
internal static class LstmFile
{
    public const string Name = "lstm.safetensors";

    /// <summary>Writes the weights at the stream's position.</summary>
    public static void Write(Stream stream, LstmWeights weights) => TensorFile.Write(stream, Tensors(weights.Shape),
        weights.Shape.Tensors.Select(tensor => weights.Values.Slice(tensor.Offset, tensor.Count)).ToArray());

    /// <summary>Reads the weights from the stream's position to its end.</summary>
    /// <exception cref="InvalidDataException">The stream is not what <see cref="Write"/> writes for this shape, or a value is not finite.</exception>
    public static LstmWeights Read(Stream stream, string name, LstmShape shape) =>
        new(shape, TensorFile.Read(stream, name, Tensors(shape)).SelectMany(values => values).ToArray());

    private static TensorFile.Tensor[] Tensors(LstmShape shape) => shape.Tensors.Select(tensor => new TensorFile.Tensor(tensor.Name, tensor.Shape)).ToArray();
}
