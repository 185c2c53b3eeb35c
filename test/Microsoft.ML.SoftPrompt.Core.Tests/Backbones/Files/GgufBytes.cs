using System.Text;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Writes GGUF files for tests, sound ones and others.</summary>
internal sealed class GgufBytes
{
    private const int Alignment = 32;

    private static readonly Dictionary<string, uint> s_types = new() { ["F32"] = 0, ["F16"] = 1, ["Q4_0"] = 2, ["Q8_0"] = 8, ["Q2_K"] = 10, ["Q6_K"] = 14 };

    /// <summary>The value types of arrays: whole numbers of 32 bits, texts, arrays.</summary>
    public const uint Whole = 5, Text = 8, Array = 9;

    public uint Version { get; set; } = 3;

    /// <summary>Keys and values: uint, ulong, float, bool, string, string[], or the bytes of a value with its type in front.</summary>
    public List<(string Key, object Value)> Metadata { get; } = [];

    /// <summary>Names, types, shapes as the file writes them (columns first), and bytes.</summary>
    public List<(string Name, string Type, ulong[] Shape, byte[] Bytes)> Tensors { get; } = [];

    /// <summary>What is added to a tensor's offset.</summary>
    public Dictionary<string, long> Shifts { get; } = [];

    /// <summary>
    /// A llama of one layer, 8 components, 2 heads of 4 over 1, 16 wide, 6 tokens and 16 positions, in which number i of a tensor is i / 64.
    /// </summary>
    public static GgufBytes Llama()
    {
        GgufBytes file = new();
        file.Metadata.AddRange(
        [
            ("general.architecture", "llama"), ("general.name", "tiny"), ("llama.block_count", 1u), ("llama.context_length", 16u), ("llama.embedding_length", 8u),
            ("llama.feed_forward_length", 16u), ("llama.attention.head_count", 2u), ("llama.attention.head_count_kv", 1u), ("llama.rope.freq_base", 500f),
            ("llama.attention.layer_norm_rms_epsilon", 1e-5f), ("llama.vocab_size", 6u), ("llama.rope.dimension_count", 4u), ("tokenizer.ggml.model", "gpt2"),
            ("tokenizer.ggml.pre", "smollm"), ("tokenizer.ggml.tokens", (string[])["a", "b", "ab", "Ġ", "1", "2"]), ("tokenizer.ggml.merges", (string[])["a b"]),
            ("tokenizer.ggml.token_type", Bytes(writer => WriteWholes(writer, 1, 1, 3, 1, 1, 1))),
        ]);
        file.Add("token_embd.weight", 8, 6);
        file.Add("output_norm.weight", 8);
        foreach ((string name, ulong[] shape) in ((string, ulong[])[])
            [
                ("attn_norm", [8]), ("attn_q", [8, 8]), ("attn_k", [8, 4]), ("attn_v", [8, 4]), ("attn_output", [8, 8]), ("ffn_norm", [8]), ("ffn_gate", [8, 16]),
                ("ffn_up", [8, 16]), ("ffn_down", [16, 8]),
            ])
            file.Add($"blk.0.{name}.weight", shape);
        return file;
    }

    /// <summary>The same with a vocabulary that can write numerals, and positions for some.</summary>
    public static GgufBytes LlamaOfDigits()
    {
        GgufBytes file = Llama();
        string[] pieces = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}"), "a", "b", "ab"];
        file.Tensors.RemoveAll(tensor => tensor.Name == "token_embd.weight");
        file.Add("token_embd.weight", 8, (ulong)pieces.Length);
        file.Set("llama.context_length", 64u);
        file.Set("llama.vocab_size", (uint)pieces.Length);
        file.Set("tokenizer.ggml.tokens", pieces);
        file.Set("tokenizer.ggml.token_type", Bytes(writer => WriteWholes(writer, [.. pieces.Select(_ => 1)])));
        return file;
    }

    /// <summary>Adds a tensor of singles, number i being i / 64.</summary>
    public void Add(string name, params ulong[] shape)
    {
        int count = (int)shape.Aggregate((product, size) => product * size);
        Tensors.Add((name, "F32", shape, Bytes(writer =>
        {
            for (int i = 0; i < count; i++)
                writer.Write(i / 64f);
        })));
    }

    public void Set(string key, object value)
    {
        Metadata.RemoveAll(entry => entry.Key == key);
        Metadata.Add((key, value));
    }

    public static byte[] Bytes(Action<BinaryWriter> write)
    {
        using MemoryStream stream = new();
        using (BinaryWriter writer = new(stream))
            write(writer);
        return stream.ToArray();
    }

    /// <summary>An array of 32-bit whole numbers, as the value of a key.</summary>
    public static void WriteWholes(BinaryWriter writer, params int[] values)
    {
        writer.Write(Array);
        writer.Write(Whole);
        writer.Write((ulong)values.Length);
        foreach (int value in values)
            writer.Write(value);
    }

    public static void WriteText(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    public byte[] ToArray() => Bytes(writer =>
    {
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write((ulong)Tensors.Count);
        writer.Write((ulong)Metadata.Count);
        foreach ((string key, object value) in Metadata)
        {
            WriteText(writer, key);
            WriteValue(writer, value);
        }
        long offset = 0;
        foreach ((string name, string type, ulong[] shape, byte[] bytes) in Tensors)
        {
            WriteText(writer, name);
            writer.Write(shape.Length);
            foreach (ulong size in shape)
                writer.Write(size);
            writer.Write(s_types[type]);
            writer.Write(offset + Shifts.GetValueOrDefault(name));
            offset += Aligned(bytes.Length);
        }
        foreach ((_, _, _, byte[] bytes) in Tensors)
        {
            writer.Write(new byte[Aligned(writer.BaseStream.Position) - writer.BaseStream.Position]);
            writer.Write(bytes);
        }
    });

    private static long Aligned(long position) => (position + Alignment - 1) / Alignment * Alignment;

    private static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case uint number:
                writer.Write(4u);
                writer.Write(number);
                break;
            case ulong number:
                writer.Write(10u);
                writer.Write(number);
                break;
            case float number:
                writer.Write(6u);
                writer.Write(number);
                break;
            case bool truth:
                writer.Write(7u);
                writer.Write(truth);
                break;
            case string text:
                writer.Write(Text);
                WriteText(writer, text);
                break;
            case string[] texts:
                writer.Write(Array);
                writer.Write(Text);
                writer.Write((ulong)texts.Length);
                foreach (string text in texts)
                    WriteText(writer, text);
                break;
            default:
                writer.Write((byte[])value);
                break;
        }
    }
}
