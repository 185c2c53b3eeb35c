using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// What is learned, in the safetensors format: <c>prompt_embeddings</c> [m, d], <c>head.weight</c> [1, d], <c>head.bias</c> [1] and
/// <c>missing_embedding</c> [1, d], all of Singles, little-endian.
/// </summary>
internal static class PromptFile
{
    public const string Name = "prompt.safetensors";

    /// <summary>Four tensors are described in some 350 bytes; other writers may add metadata.</summary>
    private const int MaximumHeaderBytes = 64 * 1024;

    private const string PromptTensor = "prompt_embeddings";

    private const string SingleType = "F32";

    private const int LengthBytes = sizeof(ulong);

    /// <summary>A header is padded with spaces to this, so that the data behind it is aligned.</summary>
    private const int HeaderAlignment = 8;

    private sealed record Tensor(string Name, int[] Shape)
    {
        public int Bytes => Shape.Aggregate(sizeof(float), (bytes, size) => checked(bytes * size));
    }

    /// <summary>Writes the weights at the stream's position.</summary>
    public static void Write(Stream stream, SoftPromptWeights weights)
    {
        Tensor[] tensors = Tensors(weights.PromptLength, weights.HiddenSize);
        var description = new Dictionary<string, object>();
        int begin = 0;
        foreach (Tensor tensor in tensors)
        {
            description[tensor.Name] = new { dtype = SingleType, shape = tensor.Shape, data_offsets = new[] { begin, begin + tensor.Bytes } };
            begin += tensor.Bytes;
        }
        byte[] header = JsonSerializer.SerializeToUtf8Bytes(description);
        int padded = (header.Length + HeaderAlignment - 1) / HeaderAlignment * HeaderAlignment;

        var bytes = new byte[LengthBytes + padded + begin];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)padded);
        header.CopyTo(bytes, LengthBytes);
        bytes.AsSpan(LengthBytes + header.Length, padded - header.Length).Fill((byte)' ');
        int at = LengthBytes + padded;
        float[] bias = [weights.HeadBias];
        foreach (ReadOnlyMemory<float> values in (ReadOnlySpan<ReadOnlyMemory<float>>)[weights.Prompt, weights.HeadWeight, bias, weights.MissingRow])
            foreach (float value in values.Span)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), value);
                at += sizeof(float);
            }
        stream.Write(bytes);
    }

    /// <summary>Reads the weights from the stream's position to its end.</summary>
    /// <param name="stream">The stream; need not be seekable.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="promptLength">Rows that the prompt must have.</param>
    /// <param name="hiddenSize">Components that a row must have.</param>
    /// <exception cref="InvalidDataException">The stream is not what <see cref="Write"/> writes for these sizes, or a value is not finite.</exception>
    public static SoftPromptWeights Read(Stream stream, string name, int promptLength, int hiddenSize)
    {
        Tensor[] tensors = Tensors(promptLength, hiddenSize);
        long limit = LengthBytes + MaximumHeaderBytes + tensors.Sum(t => (long)t.Bytes);
        using var bytes = new MemoryStream(ReadAtMost(stream, limit, name));
        using var file = SafetensorsFile.Open(bytes, name);
        return Read(file, tensors);
    }

    /// <summary>Reads the weights of a file of the user's, which says itself how large they are.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not what <see cref="Write"/> writes, or a value is not finite.</exception>
    public static SoftPromptWeights Read(string path)
    {
        using var file = SafetensorsFile.Open(path);
        if (!file.Tensors.TryGetValue(PromptTensor, out WeightTensor? prompt) || prompt.Shape is not [>= 0 and <= int.MaxValue, >= 1 and <= int.MaxValue])
            throw Damaged(path, $"it has {(prompt is null ? "no tensor " + PromptTensor : $"a tensor {PromptTensor} of {prompt.ShapeText}")}; expected {PromptTensor} [rows, components]");
        return Read(file, Tensors((int)prompt.Shape[0], (int)prompt.Shape[1]));
    }

    private static SoftPromptWeights Read(SafetensorsFile file, Tensor[] tensors)
    {
        string name = file.Name;
        if (file.Tensors.Keys.Except(tensors.Select(t => t.Name)).FirstOrDefault() is { } stranger)
            throw Damaged(name, $"it has a tensor {stranger}; expected {string.Join(", ", tensors.Select(t => t.Name))} only");
        float[][] values = Array.ConvertAll(tensors, t => Values(file, t));
        return new SoftPromptWeights(tensors[0].Shape[0], tensors[0].Shape[1], values[0], values[3], values[1], values[2][0]);
    }

    private static Tensor[] Tensors(int promptLength, int hiddenSize) =>
    [
        new(PromptTensor, [promptLength, hiddenSize]),
        new("head.weight", [1, hiddenSize]),
        new("head.bias", [1]),
        new("missing_embedding", [1, hiddenSize]),
    ];

    /// <summary>Reads to the end in pieces, so that memory grows with what is there, never with what is claimed.</summary>
    private static byte[] ReadAtMost(Stream stream, long limit, string name)
    {
        using var buffer = new MemoryStream();
        var piece = new byte[16 * 1024];
        for (int read; (read = stream.Read(piece)) > 0;)
        {
            buffer.Write(piece, 0, read);
            if (buffer.Length > limit)
                throw Damaged(name, $"it is longer than the {limit} bytes that a prompt of the expected size takes");
        }
        return buffer.ToArray();
    }

    private static float[] Values(SafetensorsFile file, Tensor tensor)
    {
        if (!file.Tensors.TryGetValue(tensor.Name, out WeightTensor? found))
            throw Damaged(file.Name, $"it has no tensor {tensor.Name}");
        if (found.Type != SingleType || !found.Shape.SequenceEqual(tensor.Shape.Select(size => (long)size)))
            throw Damaged(file.Name, $"its tensor {tensor.Name} is {found.Type} {found.ShapeText}; expected {SingleType} [{string.Join(", ", tensor.Shape)}]");
        var values = new float[found.Count];
        file.Read(found, values);
        int at = Array.FindIndex(values, value => !float.IsFinite(value));
        return at < 0 ? values : throw Damaged(file.Name, $"its tensor {tensor.Name} has the value {values[at]} at index {at}; expected finite values");
    }

    private static InvalidDataException Damaged(string name, string what) =>
        new($"{name} cannot be read: {what}. The file is damaged or of another model; save the model again or train a new one.");
}
