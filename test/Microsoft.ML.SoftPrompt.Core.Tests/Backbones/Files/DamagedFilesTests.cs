using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Small sound models with one file damaged at random: each opens or is refused by name, soon, and without memory beyond its size.</summary>
public class DamagedFilesTests
{
    private const int OrdinaryCount = 2_000, LongCount = 100_000;

    /// <summary>What opening may take: buffers of a fixed size (a configuration's is a megabyte), and a multiple of the input, since 16-bit weights of few columns are packed into panels of singles.</summary>
    private const long FixedBytes = 4 << 20, BytesOfAByte = 100;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10), s_longestOfAll = TimeSpan.FromMinutes(30);

    /// <summary>About what the header of the GGUF file has.</summary>
    private const ulong GgufHead = 2_000;

    private const string Folder = "damaged-model";

    /// <summary>A sound model's files, and the one to damage.</summary>
    private sealed record Subject(string Damaged, Dictionary<string, byte[]> Files);

    private static readonly Lazy<Subject[]> s_subjects = new(() =>
    {
        Dictionary<string, byte[]> whole = Bert(), shards = Bert();
        byte[] weights = shards["model.safetensors"];
        shards.Remove("model.safetensors");
        shards["model-00001-of-00001.safetensors"] = weights;
        using SafetensorsFile file = SafetensorsFile.Open(new MemoryStream(weights), "bert");
        shards["model.safetensors.index.json"] = Utf8(new JsonObject
        {
            ["metadata"] = new JsonObject { ["total_size"] = weights.Length },
            ["weight_map"] = new JsonObject(file.Tensors.Keys.Select(name => KeyValuePair.Create(name, (JsonNode?)"model-00001-of-00001.safetensors"))),
        });
        return (Subject[])
        [
            new("model.safetensors", whole),
            new("config.json", whole),
            new("model.safetensors.index.json", shards),
            new("model-00001-of-00001.safetensors", shards),
            new("tokenizer.json", new(whole) { ["tokenizer.json"] = Utf8(TokenizerFiles.SmallByteLevel()) }),
            new("tokenizer.json", new(whole) { ["tokenizer.json"] = Utf8(TokenizerFiles.WordPiece(TokenizerFiles.SmallPieces)) }),
            new("model.gguf", new() { ["model.gguf"] = GgufBytes.LlamaOfDigits().ToArray() }),
        ];
    });

    [Fact]
    public void Two_thousand_damaged_files_open_or_are_refused_by_name() => Damage(OrdinaryCount, seed: 1);

    [Fact]
    [Trait("Category", "Long")]
    public void A_hundred_thousand_damaged_files_open_or_are_refused_by_name() => Damage(LongCount, seed: 2);

    [Fact]
    public void The_sound_files_open()
    {
        foreach (Subject subject in s_subjects.Value)
            Open(subject.Files);
    }

    private static void Damage(int count, int seed)
    {
        int opened = 0, refused = 0;
        // One thread does it all, since what is allocated is counted by thread.
        Task all = Task.Factory.StartNew(() =>
        {
            for (int i = 0; i < count; i++)
            {
                // The first round is warm-up: what a process allocates once is nobody's input's fault.
                if (Try(s_subjects.Value[i % s_subjects.Value.Length], new Random(seed * 1_000_003 + i), $"input {i} of seed {seed}", countBytes: i >= 20))
                    opened++;
                else
                    refused++;
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        all.WaitAsync(s_longestOfAll).GetAwaiter().GetResult();
        opened.Should().BeGreaterThan(count / 100, "not every change is a damage");
        refused.Should().BeGreaterThan(count / 2);
    }

    /// <summary>Opens a damaged copy; false when it was refused as it should be.</summary>
    private static bool Try(Subject subject, Random random, string which, bool countBytes)
    {
        Dictionary<string, byte[]> files = new(subject.Files) { [subject.Damaged] = Change(subject.Files[subject.Damaged], subject.Damaged, random) };
        long size = files.Values.Sum(bytes => (long)bytes.Length), allowed = FixedBytes + BytesOfAByte * size;
        Stopwatch watch = Stopwatch.StartNew();
        long managed = GC.GetAllocatedBytesForCurrentThread(), native = AlignedMemory.AllocatedBytesForCurrentThread;
        Exception? refusal = null;
        try
        {
            Open(files);
        }
        catch (Exception exception)
        {
            refusal = exception;
        }
        managed = GC.GetAllocatedBytesForCurrentThread() - managed;
        native = AlignedMemory.AllocatedBytesForCurrentThread - native;
        if (refusal is not (null or InvalidDataException or NotSupportedException or FileNotFoundException) || refusal?.Message.Contains(Folder, StringComparison.Ordinal) == false)
            throw new InvalidOperationException($"{subject.Damaged}, {which}: {refusal.GetType()} is no refusal by name.", refusal);
        if (countBytes)
            (managed + native).Should().BeLessThan(allowed, "{0}, {1}, has {2} bytes, and took {3} managed and {4} native", subject.Damaged, which, size, managed, native);
        watch.Elapsed.Should().BeLessThan(s_longest, "{0}, {1}", subject.Damaged, which);
        return refusal is null;
    }

    private static void Open(Dictionary<string, byte[]> files)
    {
        BackboneFiles carried = new("damaged", Folder, [.. files.Keys], name => new MemoryStream(files[name], writable: false));
        if (files.ContainsKey("model.gguf"))
        {
            using GgufFile gguf = GgufFile.Open(carried.Open("model.gguf"), carried.PathOf("model.gguf"));
            foreach (WeightTensor tensor in gguf.Tensors.Values)
                gguf.Read(tensor, new float[tensor.Count]);
        }
        IBackbone model = Backbone.Open(carried);
        try
        {
            if (model.HasTokenizer)
                model.EncodeText("a ab 12");
        }
        catch (InvalidOperationException)
        {
            // Of a tokenizer that is not run, only the numerals are known.
        }
    }

    /// <summary>One change or a few, most of them in the file's head, where its structure is.</summary>
    private static byte[] Change(byte[] sound, string name, Random random)
    {
        bool safetensors = name.EndsWith(".safetensors", StringComparison.Ordinal);
        byte[] bytes = [.. sound];
        for (int changes = random.Next(3) == 0 ? random.Next(2, 4) : 1; changes > 0 && bytes.Length > 16; changes--)
        {
            int before = bytes.Length;
            int head = (int)Math.Min((ulong)bytes.Length, safetensors ? 8 + BinaryPrimitives.ReadUInt64LittleEndian(bytes) % (ulong)bytes.Length : name == "model.gguf" ? GgufHead : ulong.MaxValue);
            int at = random.Next(random.Next(8) == 0 ? bytes.Length : head), span = random.Next(1, 40);
            bytes = random.Next(7) switch
            {
                0 => FlipBits(bytes, at, random),
                1 => bytes[..at],
                2 => Overwrite(bytes, at, random),
                3 => ReplaceNumber(bytes, at, random),
                4 => [.. bytes[..at], .. bytes[Math.Max(0, at - span)..at], .. bytes[at..]],
                5 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + span)..]],
                _ => [.. bytes[..at], .. bytes.AsSpan(random.Next(head)).ToArray().Take(span), .. bytes[at..]],
            };
            // A header that grew is mostly told so: else every such change would be the same fault.
            if (safetensors && bytes.Length != before && at >= 8 && at < head && bytes.Length > 8 && random.Next(4) > 0)
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, BinaryPrimitives.ReadUInt64LittleEndian(bytes) + (ulong)(bytes.Length - before));
        }
        return bytes;
    }

    private static byte[] FlipBits(byte[] bytes, int at, Random random)
    {
        for (int i = random.Next(1, 5); i > 0; i--)
            bytes[Math.Min(bytes.Length - 1, at + random.Next(8))] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    /// <summary>Puts a number that is likely to hurt in the place of 4 or 8 bytes.</summary>
    private static byte[] Overwrite(byte[] bytes, int at, Random random)
    {
        long[] numbers = [0, 1, -1, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 32, 1L << 40, 1L << 60, bytes.Length, bytes.Length + 1];
        byte[] number = BitConverter.GetBytes(numbers[random.Next(numbers.Length)]);
        number.AsSpan(0, Math.Min(random.Next(2) == 0 ? 4 : 8, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    /// <summary>Puts another number in the place of the next one that is written in digits.</summary>
    private static byte[] ReplaceNumber(byte[] bytes, int at, Random random)
    {
        int start = bytes.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0)
            return FlipBits(bytes, at, random);
        start += at;
        int length = bytes.AsSpan(start).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        int end = length < 0 ? bytes.Length : start + length;
        string[] numbers =
        [
            "0", "1", "-1", "2", "7", "1.5", "1e3", "1e400", "-0", "65536", "1048576", "2147483647", "2147483648", "4294967296", "9223372036854775807",
            "9223372036854775808", "18446744073709551616", "null", "true", "\"1\"", "[]", "{}", "00",
        ];
        return [.. bytes[..start], .. Encoding.UTF8.GetBytes(numbers[random.Next(numbers.Length)]), .. bytes[end..]];
    }

    /// <summary>A BERT of one layer, 8 components, 2 heads, 16 wide, 20 tokens and 8 positions.</summary>
    private static Dictionary<string, byte[]> Bert()
    {
        const int Layers = 1, D = 8, Wide = 16, Tokens = 20, Positions = 8, Types = 2;
        List<(string Name, long[] Shape, float[] Values)> tensors = [];
        void Add(string name, params long[] shape) =>
            tensors.Add((name, shape, [.. Enumerable.Range(0, (int)shape.Aggregate((product, size) => product * size)).Select(i => i % 7 / 8f)]));
        void Linear(string name, long rows, long columns)
        {
            Add(name + ".weight", rows, columns);
            Add(name + ".bias", rows);
        }
        void Norm(string name)
        {
            Add(name + ".weight", D);
            Add(name + ".bias", D);
        }
        Add("embeddings.word_embeddings.weight", Tokens, D);
        Add("embeddings.position_embeddings.weight", Positions, D);
        Add("embeddings.token_type_embeddings.weight", Types, D);
        Norm("embeddings.LayerNorm");
        foreach (string part in (string[])["self.query", "self.key", "self.value", "output.dense"])
            Linear("encoder.layer.0.attention." + part, D, D);
        Norm("encoder.layer.0.attention.output.LayerNorm");
        Linear("encoder.layer.0.intermediate.dense", Wide, D);
        Linear("encoder.layer.0.output.dense", D, Wide);
        Norm("encoder.layer.0.output.LayerNorm");
        JsonObject config = new()
        {
            ["model_type"] = "bert", ["vocab_size"] = Tokens, ["hidden_size"] = D, ["num_hidden_layers"] = Layers, ["num_attention_heads"] = 2, ["intermediate_size"] = Wide,
            ["max_position_embeddings"] = Positions, ["type_vocab_size"] = Types, ["layer_norm_eps"] = 1e-12, ["hidden_act"] = "gelu", ["position_embedding_type"] = "absolute",
        };
        return new() { ["config.json"] = Utf8(config), ["model.safetensors"] = SafetensorsBytes.Of(tensors) };
    }

    private static byte[] Utf8(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());
}
