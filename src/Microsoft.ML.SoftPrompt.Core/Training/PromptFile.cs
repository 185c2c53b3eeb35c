using System.Buffers.Binary;
using System.Text.Json;

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
            description[tensor.Name] = new { dtype = "F32", shape = tensor.Shape, data_offsets = new[] { begin, begin + tensor.Bytes } };
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
        long expected = tensors.Sum(t => (long)t.Bytes);
        byte[] bytes = ReadAtMost(stream, LengthBytes + MaximumHeaderBytes + expected, name);
        if (bytes.Length < LengthBytes)
            throw Damaged(name, $"it has {bytes.Length} bytes; a safetensors file has at least {LengthBytes}");
        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (headerBytes > (ulong)(bytes.Length - LengthBytes))
            throw Damaged(name, $"its header claims {headerBytes} bytes, and {bytes.Length - LengthBytes} follow");
        if (headerBytes > MaximumHeaderBytes)
            throw Damaged(name, $"its header claims {headerBytes} bytes, more than the {MaximumHeaderBytes} that four tensors can need");
        ReadOnlyMemory<byte> header = bytes.AsMemory(LengthBytes, (int)headerBytes);
        ReadOnlyMemory<byte> data = bytes.AsMemory(LengthBytes + (int)headerBytes);

        try
        {
            using JsonDocument document = JsonDocument.Parse(header);
            float[][] values = Array.ConvertAll(tensors, t => Values(document.RootElement, t, data.Span, name));
            if (data.Length != expected)
                throw Damaged(name, $"it holds {data.Length} bytes of values; a prompt of {promptLength} rows of {hiddenSize} takes {expected}");
            return new SoftPromptWeights(promptLength, hiddenSize, values[0], values[3], values[1], values[2][0]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw Damaged(name, $"its header is not that of a safetensors file ({e.Message})", e);
        }
    }

    private static Tensor[] Tensors(int promptLength, int hiddenSize) =>
    [
        new("prompt_embeddings", [promptLength, hiddenSize]),
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

    private static float[] Values(JsonElement header, Tensor tensor, ReadOnlySpan<byte> data, string name)
    {
        if (!header.TryGetProperty(tensor.Name, out JsonElement description))
            throw Damaged(name, $"it has no tensor {tensor.Name}");
        string? type = description.GetProperty("dtype").GetString();
        long[] shape = description.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64()).ToArray();
        if (type != "F32" || !shape.SequenceEqual(tensor.Shape.Select(size => (long)size)))
            throw Damaged(name, $"its tensor {tensor.Name} is {type} [{string.Join(", ", shape)}]; expected F32 [{string.Join(", ", tensor.Shape)}]");
        long[] offsets = description.GetProperty("data_offsets").EnumerateArray().Select(e => e.GetInt64()).ToArray();
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[0] > data.Length - tensor.Bytes || offsets[1] != offsets[0] + tensor.Bytes)
            throw Damaged(name, $"its tensor {tensor.Name} claims the bytes [{string.Join(", ", offsets)}) of {data.Length}; expected {tensor.Bytes} bytes within them");

        var values = new float[tensor.Bytes / sizeof(float)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(data[((int)offsets[0] + i * sizeof(float))..]);
            if (!float.IsFinite(values[i]))
                throw Damaged(name, $"its tensor {tensor.Name} has the value {values[i]} at index {i}; expected finite values");
        }
        return values;
    }

    private static InvalidDataException Damaged(string name, string what, Exception? inner = null) =>
        new($"{name} cannot be read: {what}. The file is damaged or of another model; save the model again or train a new one.", inner);
}
