using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Numerics;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>
/// The header of a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md), versions 2 and 3, little-endian: metadata and the
/// tensors' names, types, shapes and places. None of it is believed: every size must agree with the file's own.
/// </summary>
internal sealed class GgufHeader
{
    private const uint Magic = 0x46554747; // "GGUF"
    private const string AlignmentKey = "general.alignment";
    private const int DefaultAlignment = 32;

    /// <summary>Dimensions of a tensor; the format's own library has no more.</summary>
    private const int MostDimensions = 4;

    /// <summary>Arrays in arrays; no known key has any.</summary>
    private const int DeepestArray = 4;

    // The least that an entry takes: an empty name, and a value's type and one byte; a tensor's dimensions, type and offset.
    private const int LeastKeyBytes = 8 + 4 + 1;
    private const int LeastTensorBytes = 8 + 4 + 4 + 8;

    private const uint WholeType = 5, BoolType = 7, TextType = 8, ArrayType = 9;

    /// <summary>Bytes of a value by the number of its type; a text and an array have a length of their own.</summary>
    private static readonly int[] s_valueBytes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

    /// <summary>The types of tensors by their number. Not all are read; the names are for messages.</summary>
    private static readonly Dictionary<uint, string> s_tensorTypes = new()
    {
        [0] = "F32", [1] = "F16", [2] = "Q4_0", [3] = "Q4_1", [6] = "Q5_0", [7] = "Q5_1", [8] = "Q8_0", [9] = "Q8_1", [10] = "Q2_K", [11] = "Q3_K", [12] = "Q4_K",
        [13] = "Q5_K", [14] = "Q6_K", [15] = "Q8_K", [16] = "IQ2_XXS", [17] = "IQ2_XS", [18] = "IQ3_XXS", [19] = "IQ1_S", [20] = "IQ4_NL", [21] = "IQ3_S",
        [22] = "IQ2_S", [23] = "IQ4_XS", [24] = "I8", [25] = "I16", [26] = "I32", [27] = "I64", [28] = "F64", [29] = "IQ1_M", [30] = "BF16", [34] = "TQ1_0",
        [35] = "TQ2_0", [39] = "MXFP4",
    };

    private readonly string _file;
    private readonly Dictionary<string, object> _metadata = new(StringComparer.Ordinal);

    /// <summary>An array that is passed over.</summary>
    private sealed record PassedOver(long Count)
    {
        public override string ToString() => $"an array of {Count}";
    }

    /// <param name="stream">The file, which can seek.</param>
    /// <param name="file">Name for messages.</param>
    /// <param name="arrays">The arrays to keep, of texts or of whole numbers of 32 bits; others are passed over.</param>
    /// <exception cref="InvalidDataException">It is not a sound GGUF file; the message says what is wrong.</exception>
    /// <exception cref="NotSupportedException">It is of another version or byte order, or a tensor is of a type that is not read.</exception>
    public GgufHeader(Stream stream, string file, params IReadOnlyList<string> arrays)
    {
        _file = file;
        GgufReader reader = new(stream, file);
        uint magic = reader.UInt32("the first field");
        if (magic != Magic)
            throw new InvalidDataException($"'{file}' does not begin with GGUF: it is another kind of file.");
        CheckVersion(reader.UInt32("the version"));
        long tensorCount = reader.Count(LeastTensorBytes, "its tensors"), keyCount = reader.Count(LeastKeyBytes, "its metadata's keys");
        for (long i = 0; i < keyCount; i++)
        {
            string key = reader.Text("a key of the metadata");
            uint type = reader.UInt32($"the type of '{key}'");
            object value = type == ArrayType ? ReadArray(reader, key, arrays.Contains(key), DeepestArray) : ReadScalar(reader, key, type);
            if (!_metadata.TryAdd(key, value))
                throw new InvalidDataException($"'{file}': the key '{key}' stands in the metadata twice; a key may stand once.");
        }
        Dictionary<string, WeightTensor> tensors = new(StringComparer.Ordinal);
        for (long i = 0; i < tensorCount; i++)
        {
            WeightTensor tensor = ReadTensor(reader);
            if (!tensors.TryAdd(tensor.Name, tensor))
                throw new InvalidDataException($"'{file}': tensor '{tensor.Name}' stands in the header twice; a name may stand once.");
        }
        Tensors = Place(tensors.Values, reader);
    }

    /// <summary>Gets the metadata's keys.</summary>
    public IReadOnlyCollection<string> Keys => _metadata.Keys;

    /// <summary>Gets the tensors in the order of their offsets, shapes with the rows first.</summary>
    public IReadOnlyList<WeightTensor> Tensors { get; }

    public bool Has(string key) => _metadata.ContainsKey(key);

    /// <summary>Gives a value for messages and comparisons, null where the key is not there.</summary>
    public string? Show(string key) => _metadata.GetValueOrDefault(key) switch
    {
        null => null,
        ICollection values => new PassedOver(values.Count).ToString(),
        object value => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>Gives a text, null where the key is not there.</summary>
    public string? Text(string key) => _metadata.GetValueOrDefault(key) switch
    {
        null => null,
        string text => text,
        _ => throw Unexpected(key, "a text"),
    };

    /// <summary>Gives the texts of an array, null where the key is not there.</summary>
    public IReadOnlyList<string>? Texts(string key) => _metadata.GetValueOrDefault(key) switch
    {
        null => null,
        IReadOnlyList<string> texts => texts,
        _ => throw Unexpected(key, "an array of texts"),
    };

    /// <summary>Gives the whole numbers of an array, null where the key is not there.</summary>
    public IReadOnlyList<int>? Wholes(string key) => _metadata.GetValueOrDefault(key) switch
    {
        null => null,
        IReadOnlyList<int> numbers => numbers,
        _ => throw Unexpected(key, "an array of whole numbers of 32 bits"),
    };

    /// <summary>Gives a whole number above 0.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="otherwise">What it is where the key is not there; null where it must be there.</param>
    public long Size(string key, long? otherwise = null) => _metadata.GetValueOrDefault(key) switch
    {
        null => otherwise ?? throw new InvalidDataException($"'{_file}' lacks the key '{key}' in its metadata."),
        long size and > 0 and <= int.MaxValue => size,
        _ => throw Unexpected(key, $"a whole number from 1 to {int.MaxValue}"),
    };

    /// <summary>Gives a finite number above 0; the parameters are as in <see cref="Size"/>.</summary>
    public float Number(string key, float? otherwise = null) => _metadata.GetValueOrDefault(key) switch
    {
        null => otherwise ?? throw new InvalidDataException($"'{_file}' lacks the key '{key}' in its metadata."),
        float and > 0 and < float.PositiveInfinity and var number => number,
        _ => throw Unexpected(key, "a number above 0 in single precision"),
    };

    private InvalidDataException Unexpected(string key, string expected) => new($"'{_file}': {key} is {Show(key)}; expected {expected}.");

    private void CheckVersion(uint version)
    {
        if (version is 2 or 3)
            return;
        throw BinaryPrimitives.ReverseEndianness(version) is 2 or 3
            ? new NotSupportedException($"'{_file}' is big-endian GGUF; supported is little-endian.")
            : new NotSupportedException($"'{_file}' is GGUF version {version}; supported are 2 and 3.");
    }

    private object ReadScalar(GgufReader reader, string key, uint type)
    {
        if (type == TextType)
            return reader.Text($"the value of '{key}'");
        ReadOnlySpan<byte> bytes = reader.Bytes(ValueBytes(key, type), $"the value of '{key}'");
        return type switch
        {
            0 => (long)bytes[0],
            1 => (long)(sbyte)bytes[0],
            2 => (long)BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            3 => (long)BinaryPrimitives.ReadInt16LittleEndian(bytes),
            4 => (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            5 => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
            6 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            BoolType => bytes[0] <= 1 ? bytes[0] == 1 : throw new InvalidDataException($"'{_file}': {key} is the truth value {bytes[0]}; expected 0 or 1."),
            10 => BinaryPrimitives.ReadUInt64LittleEndian(bytes) is <= long.MaxValue and var number ? (long)number : (object)BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            11 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            _ => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        };
    }

    private object ReadArray(GgufReader reader, string key, bool keep, int depth)
    {
        if (depth == 0)
            throw new InvalidDataException($"'{_file}': {key} holds arrays in arrays more than {DeepestArray} deep.");
        uint type = reader.UInt32($"the array's type of '{key}'");
        string what = $"the values of '{key}'";
        if (type == TextType)
        {
            long texts = reader.Count(sizeof(ulong), what);
            List<string> kept = [];
            for (long i = 0; i < texts; i++)
            {
                if (keep)
                    kept.Add(reader.Text(what));
                else
                    reader.SkipText(what);
            }
            return keep ? kept : new PassedOver(texts);
        }
        if (type == ArrayType)
        {
            long arrays = reader.Count(sizeof(uint) + sizeof(ulong), what);
            for (long i = 0; i < arrays; i++)
                ReadArray(reader, key, keep: false, depth - 1);
            return new PassedOver(arrays);
        }
        int bytes = ValueBytes(key, type);
        long count = reader.Count(bytes, what);
        if (keep && type == WholeType)
        {
            List<int> numbers = [];
            for (long i = 0; i < count; i++)
                numbers.Add((int)reader.UInt32(what));
            return numbers;
        }
        reader.Skip(count * bytes, what);
        return new PassedOver(count);
    }

    private int ValueBytes(string key, uint type) =>
        type < s_valueBytes.Length ? s_valueBytes[type] : throw new InvalidDataException($"'{_file}': {key} is of the value type {type}; known are 0 to {s_valueBytes.Length - 1}.");

    /// <summary>Reads a tensor's entry; its offset counts from the start of the data.</summary>
    private WeightTensor ReadTensor(GgufReader reader)
    {
        string name = reader.Text("a tensor's name"), what = $"the entry of tensor '{name}'";
        uint dimensions = reader.UInt32(what);
        if (dimensions is 0 or > MostDimensions)
            throw new InvalidDataException($"'{_file}': tensor '{name}' has {dimensions} dimensions; expected 1 to {MostDimensions}.");
        // The file gives the fastest dimension first.
        long[] shape = new long[dimensions];
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            ulong size = reader.UInt64(what);
            shape[i] = size is > 0 and <= long.MaxValue ? (long)size : throw new InvalidDataException($"'{_file}': tensor '{name}' has a dimension of {size}.");
        }
        uint number = reader.UInt32(what);
        string type = s_tensorTypes.GetValueOrDefault(number, $"number {number}");
        if (!NumberTypes.IsWeight(type))
            throw new NotSupportedException($"'{_file}': tensor '{name}' is of type {type}; supported are {NumberTypes.WeightNames}.");
        ulong offset = reader.UInt64(what);
        int block = NumberTypes.BlockNumbers(type);
        if (shape[^1] % block != 0)
            throw new InvalidDataException($"'{_file}': tensor '{name}' of type {type} has rows of {shape[^1]} numbers; expected a multiple of {block}.");
        BigInteger bytes = shape.Aggregate(BigInteger.One, (product, size) => product * size) / block * NumberTypes.BlockBytes(type);
        if (bytes > reader.Length || offset > (ulong)reader.Length)
            throw new InvalidDataException($"'{_file}': tensor '{name}' of type {type} and shape [{string.Join(", ", shape)}] takes {bytes} bytes from {offset} on; the whole file has {reader.Length}.");
        return new WeightTensor(name, type, shape, (long)offset, (long)bytes);
    }

    /// <summary>The tensors by their offsets in the file: aligned, within it, and none in another.</summary>
    private List<WeightTensor> Place(IEnumerable<WeightTensor> tensors, GgufReader reader)
    {
        long alignment = Size(AlignmentKey, DefaultAlignment);
        if (!BitOperations.IsPow2(alignment))
            throw Unexpected(AlignmentKey, "a power of two");
        long dataStart = (reader.Position + alignment - 1) / alignment * alignment;
        List<WeightTensor> placed = [];
        foreach (WeightTensor tensor in tensors.OrderBy(t => t.Offset).ThenBy(t => t.Bytes))
        {
            if (tensor.Offset % alignment != 0)
                throw new InvalidDataException($"'{_file}': tensor '{tensor.Name}' starts at byte {tensor.Offset} of the data; expected a multiple of {alignment}.");
            WeightTensor there = tensor with { Offset = dataStart + tensor.Offset };
            if (there.Offset > reader.Length - there.Bytes)
                throw new InvalidDataException($"'{_file}': tensor '{tensor.Name}' takes the bytes {there.Offset} to {there.Offset + there.Bytes}, but the file has {reader.Length}: it was cut, or it is damaged.");
            if (placed.Count > 0 && there.Offset < placed[^1].Offset + placed[^1].Bytes)
                throw new InvalidDataException($"'{_file}': tensor '{tensor.Name}' starts at byte {there.Offset}, within tensor '{placed[^1].Name}'.");
            placed.Add(there);
        }
        return placed;
    }
}
