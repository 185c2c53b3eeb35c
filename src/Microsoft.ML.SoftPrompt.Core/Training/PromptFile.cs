using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// What is learned, in the safetensors format: <c>prompt_embeddings</c> [m, d], <c>head.weight</c> [1, d], <c>head.bias</c> [1] and
/// <c>missing_embedding</c> [1, d], all of Singles, little-endian.
/// </summary>
internal static class PromptFile
{
    public const string Name = "prompt.safetensors";

    private const string PromptTensor = "prompt_embeddings";

    /// <summary>Writes the weights at the stream's position.</summary>
    public static void Write(Stream stream, SoftPromptWeights weights) =>
        TensorFile.Write(stream, Tensors(weights.PromptLength, weights.HiddenSize), [weights.Prompt, weights.HeadWeight, new[] { weights.HeadBias }, weights.MissingRow]);

    /// <summary>Reads the weights from the stream's position to its end.</summary>
    /// <param name="stream">The stream; need not be seekable.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="promptLength">Rows that the prompt must have.</param>
    /// <param name="hiddenSize">Components that a row must have.</param>
    /// <exception cref="InvalidDataException">The stream is not what <see cref="Write"/> writes for these sizes, or a value is not finite.</exception>
    public static SoftPromptWeights Read(Stream stream, string name, int promptLength, int hiddenSize)
    {
        TensorFile.Tensor[] tensors = Tensors(promptLength, hiddenSize);
        return Weights(tensors, TensorFile.Read(stream, name, tensors));
    }

    /// <summary>Reads the weights of a file of the user's, which says itself how large they are.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not what <see cref="Write"/> writes, or a value is not finite.</exception>
    public static SoftPromptWeights Read(string path)
    {
        using var file = SafetensorsFile.Open(path);
        if (!file.Tensors.TryGetValue(PromptTensor, out WeightTensor? prompt) || prompt.Shape is not [>= 0 and <= int.MaxValue, >= 1 and <= int.MaxValue])
            throw TensorFile.Damaged(path, $"it has {(prompt is null ? "no tensor " + PromptTensor : $"a tensor {PromptTensor} of {prompt.ShapeText}")}; expected {PromptTensor} [rows, components]");
        TensorFile.Tensor[] tensors = Tensors((int)prompt.Shape[0], (int)prompt.Shape[1]);
        return Weights(tensors, TensorFile.Read(file, tensors));
    }

    private static SoftPromptWeights Weights(TensorFile.Tensor[] tensors, float[][] values) =>
        new(tensors[0].Shape[0], tensors[0].Shape[1], values[0], values[3], values[1], values[2][0]);

    private static TensorFile.Tensor[] Tensors(int promptLength, int hiddenSize) =>
    [
        new(PromptTensor, [promptLength, hiddenSize]),
        new("head.weight", [1, hiddenSize]),
        new("head.bias", [1]),
        new("missing_embedding", [1, hiddenSize]),
    ];
}
