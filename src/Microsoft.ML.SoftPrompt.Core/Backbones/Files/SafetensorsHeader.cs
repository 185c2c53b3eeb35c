using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// Reads the JSON header of a safetensors file (https://github.com/huggingface/safetensors, "Format") and believes none of it: every
/// tensor's type, shape and offsets must agree with one another and with the size of the file.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>An object of objects with an array each; metadata is an object of strings.</summary>
    private const int DeepestJson = 4;

    /// <param name="json">The header.</param>
    /// <param name="dataStart">Offset of the byte after it.</param>
    /// <param name="dataBytes">Bytes of the file after it.</param>
    /// <param name="file">Name for messages.</param>
    public static Dictionary<string, WeightTensor> Parse(ReadOnlySpan<byte> json, long dataStart, long dataBytes, string file)
    {
        Dictionary<string, WeightTensor> tensors = new(StringComparer.Ordinal);
        try
        {
            Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = DeepestJson });
            Expect(ref reader, JsonTokenType.StartObject, file, "the header");
            bool metadataSeen = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                if (name == "__metadata__")
                {
                    if (metadataSeen)
                        throw new InvalidDataException($"'{file}': the header has '__metadata__' twice.");
                    metadataSeen = true;
                    reader.Read();
                    reader.Skip();
                    continue;
                }
                WeightTensor tensor = ParseTensor(ref reader, name, dataStart, dataBytes, file);
                if (!tensors.TryAdd(name, tensor))
                    throw new InvalidDataException($"'{file}': tensor '{name}' stands in the header twice; a name may stand once.");
            }
            // Only white space may follow, and the reader itself refuses anything else.
            while (reader.Read())
                throw new InvalidDataException($"'{file}': the header goes on after its closing brace.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{file}': the header is not the JSON of a safetensors file: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException($"'{file}': the header is not the JSON of a safetensors file: {exception.Message}", exception);
        }
        CheckLayout(tensors, dataStart, dataBytes, file);
        return tensors;
    }

    private static WeightTensor ParseTensor(ref Utf8JsonReader reader, string name, long dataStart, long dataBytes, string file)
    {
        string? type = null;
        List<long>? shape = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, file, $"tensor '{name}'");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = reader.GetString()!;
            bool repeated = field switch { "dtype" => type is not null, "shape" => shape is not null, "data_offsets" => offsets is not null, _ => false };
            if (repeated)
                throw new InvalidDataException($"'{file}': tensor '{name}' has '{field}' twice.");
            switch (field)
            {
                case "dtype":
                    Expect(ref reader, JsonTokenType.String, file, $"'dtype' of tensor '{name}'");
                    type = reader.GetString()!;
                    break;
                case "shape":
                    shape = Numbers(ref reader, file, $"'shape' of tensor '{name}'");
                    break;
                case "data_offsets":
                    offsets = Numbers(ref reader, file, $"'data_offsets' of tensor '{name}'");
                    break;
                default:
                    throw new InvalidDataException($"'{file}': tensor '{name}' has a field '{field}'; expected dtype, shape and data_offsets only.");
            }
        }
        if (type is null || shape is null || offsets is null)
            throw new InvalidDataException($"'{file}': tensor '{name}' lacks '{(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}'.");
        int size = NumberTypes.SizeOf(type);
        if (size == 0)
            throw new InvalidDataException($"'{file}': tensor '{name}' is of unknown type '{type}'; known are {NumberTypes.SafetensorsNames}.");
        if (offsets.Count != 2 || offsets[0] > offsets[1] || offsets[1] > dataBytes)
        {
            throw new InvalidDataException(
                $"'{file}': tensor '{name}' has data_offsets [{string.Join(", ", offsets)}]; expected a start and an end within the {dataBytes} bytes after the header.");
        }
        long bytes = size;
        foreach (long dimension in shape)
        {
            // Zero hides an overflow of the dimensions before it, so it is looked at last, by the comparison below.
            if (dimension > 0 && bytes > long.MaxValue / dimension)
                throw new InvalidDataException($"'{file}': tensor '{name}' has the shape [{string.Join(", ", shape)}], more than any file can hold.");
            bytes *= Math.Max(dimension, 1);
        }
        if (shape.Contains(0))
            bytes = 0;
        if (bytes != offsets[1] - offsets[0])
        {
            throw new InvalidDataException(
                $"'{file}': tensor '{name}' of type {type} and shape [{string.Join(", ", shape)}] takes {bytes} bytes, but its data_offsets give it {offsets[1] - offsets[0]}.");
        }
        return new WeightTensor(name, type, shape, dataStart + offsets[0], bytes);
    }

    /// <summary>Tensors follow one another without a gap or an overlap and fill the file, as the format demands.</summary>
    private static void CheckLayout(Dictionary<string, WeightTensor> tensors, long dataStart, long dataBytes, string file)
    {
        long end = dataStart;
        string before = "the header";
        foreach (WeightTensor tensor in tensors.Values.OrderBy(t => t.Offset).ThenBy(t => t.Bytes))
        {
            if (tensor.Offset != end)
            {
                string fault = tensor.Offset < end ? "overlaps" : "leaves a gap after";
                throw new InvalidDataException(
                    $"'{file}': tensor '{tensor.Name}' starts at byte {tensor.Offset - dataStart} of the data and {fault} {before}, which ends at {end - dataStart}.");
            }
            end += tensor.Bytes;
            before = $"tensor '{tensor.Name}'";
        }
        if (end != dataStart + dataBytes)
            throw new InvalidDataException($"'{file}' has {dataStart + dataBytes} bytes, but its tensors end at byte {end}: it was cut, or something was added.");
    }

    private static List<long> Numbers(ref Utf8JsonReader reader, string file, string what)
    {
        Expect(ref reader, JsonTokenType.StartArray, file, what);
        List<long> numbers = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (!reader.TryGetInt64(out long number) || number < 0)
                throw new InvalidDataException($"'{file}': {what} holds {System.Text.Encoding.UTF8.GetString(reader.ValueSpan)}; expected whole numbers from 0.");
            numbers.Add(number);
        }
        if (reader.TokenType != JsonTokenType.EndArray)
            throw new InvalidDataException($"'{file}': {what} holds a {reader.TokenType}; expected whole numbers only.");
        return numbers;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string file, string what)
    {
        if (!reader.Read() || reader.TokenType != token)
            throw new InvalidDataException($"'{file}': {what} is a {reader.TokenType}; expected a {token}.");
    }
}
