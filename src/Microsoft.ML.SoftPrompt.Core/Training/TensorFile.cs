using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Learned tensors in the safetensors format, little-endian.</summary>
internal static class TensorFile
{
    /// <summary>A tensor is described in some 90 bytes; other writers may add metadata.</summary>
    private const int MaximumHeaderBytes = 64 * 1024;

    private const string SingleType = "F32";

    private const int LengthBytes = sizeof(ulong);

    /// <summary>A header is padded with spaces to this, so that the data behind it is aligned.</summary>
    private const int HeaderAlignment = 8;

    /// <param name="Name">The tensor's name.</param>
    /// <param name="Shape">Its sizes.</param>
    /// <param name="Type">Its number type as safetensors writes it.</param>
    internal sealed record Tensor(string Name, int[] Shape, string Type = SingleType)
    {
        public int Bytes => Shape.Aggregate(NumberTypes.SizeOf(Type), (bytes, size) => checked(bytes * size));
    }

    /// <summary>Writes tensors of Singles at the stream's position, each with its values.</summary>
    public static void Write(Stream stream, IReadOnlyList<Tensor> tensors, IReadOnlyList<ReadOnlyMemory<float>> values) =>
        Write(stream, tensors, values.Select(value => MemoryMarshal.AsBytes(value.Span).ToArray()).ToArray());

    /// <summary>Writes tensors at the stream's position, each with the bytes of its numbers.</summary>
    public static void Write(Stream stream, IReadOnlyList<Tensor> tensors, IReadOnlyList<byte[]> values)
    {
        byte[] header = Header(tensors);
        int padded = (header.Length + HeaderAlignment - 1) / HeaderAlignment * HeaderAlignment;

        var start = new byte[LengthBytes + padded];
        BinaryPrimitives.WriteUInt64LittleEndian(start, (ulong)padded);
        header.CopyTo(start, LengthBytes);
        start.AsSpan(LengthBytes + header.Length).Fill((byte)' ');
        stream.Write(start);
        foreach (byte[] tensor in values)
            stream.Write(tensor);
    }

    /// <summary>Written member by member: a serializer would look at types at run time, which a trimmed program cannot.</summary>
    private static byte[] Header(IReadOnlyList<Tensor> tensors)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            int begin = 0;
            foreach (Tensor tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type);
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [begin, begin + tensor.Bytes]);
                json.WriteEndObject();
                begin += tensor.Bytes;
            }
            json.WriteEndObject();
        }
        return header.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (int number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    /// <summary>Reads the tensors' values from the stream's position to its end.</summary>
    /// <param name="stream">The stream; need not be seekable.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="tensors">All that it must hold.</param>
    /// <exception cref="InvalidDataException">The stream does not hold these tensors alone, or a value is not finite.</exception>
    public static float[][] Read(Stream stream, string name, IReadOnlyList<Tensor> tensors)
    {
        long limit = LengthBytes + MaximumHeaderBytes + tensors.Sum(t => (long)t.Bytes);
        using var bytes = new MemoryStream(ReadAtMost(stream, limit, name));
        using var file = SafetensorsFile.Open(bytes, name);
        return Read(file, tensors);
    }

    /// <inheritdoc cref="Read(Stream, string, IReadOnlyList{Tensor})"/>
    public static float[][] Read(SafetensorsFile file, IReadOnlyList<Tensor> tensors)
    {
        if (file.Tensors.Keys.Except(tensors.Select(t => t.Name)).FirstOrDefault() is { } stranger)
            throw Damaged(file.Name, $"it has a tensor {stranger}; expected {string.Join(", ", tensors.Select(t => t.Name))} only");
        return tensors.Select(tensor => Values(file, tensor)).ToArray();
    }

    public static InvalidDataException Damaged(string name, string what) =>
        new($"{name} cannot be read: {what}. The file is damaged or of another model; save the model again or train a new one.");

    /// <summary>Reads to the end in pieces, so that memory grows with what is there, never with what is claimed.</summary>
    private static byte[] ReadAtMost(Stream stream, long limit, string name)
    {
        using var buffer = new MemoryStream();
        var piece = new byte[16 * 1024];
        for (int read; (read = stream.Read(piece)) > 0;)
        {
            buffer.Write(piece, 0, read);
            if (buffer.Length > limit)
                throw Damaged(name, $"it is longer than the {limit} bytes that tensors of the expected sizes take");
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
        file.Read(found, values); // refuses what is not finite
        return values;
    }
}
