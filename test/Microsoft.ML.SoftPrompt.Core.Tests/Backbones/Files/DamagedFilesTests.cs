using System.Text;
using System.Text.Json.Nodes;
using Microsoft.ML.SoftPrompt.Fuzzing;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Small sound models with one file damaged at random: each opens or is refused by name.</summary>
public class DamagedFilesTests
{
    /// <summary>About what the header of the GGUF file has.</summary>
    private const int GgufHead = 2_000;

    private const string Folder = "damaged-model";

    private const int Tokens = 20;

    private static readonly string[] s_tokenizers = ["tokenizer.json", "tokenizer_config.json", "vocab.txt", "vocab.json", "merges.txt"];

    /// <summary>A sound model's files, the one to damage, and how.</summary>
    private sealed record Subject(string Damaged, Dictionary<string, byte[]> Files, Func<byte[], Random, byte[]> Change);

    private static readonly Lazy<Dictionary<string, Subject>> s_subjects = new(() =>
    {
        Dictionary<string, byte[]> whole = Bert(), shards = Bert(), gpt2 = Bert();
        byte[] weights = shards["model.safetensors"];
        shards.Remove("model.safetensors");
        shards["model-00001-of-00001.safetensors"] = weights;
        using SafetensorsFile file = SafetensorsFile.Open(new MemoryStream(weights), "bert");
        shards["model.safetensors.index.json"] = Utf8(new JsonObject
        {
            ["metadata"] = new JsonObject { ["total_size"] = weights.Length },
            ["weight_map"] = new JsonObject(file.Tensors.Keys.Select(name => KeyValuePair.Create(name, (JsonNode?)"model-00001-of-00001.safetensors"))),
        });
        gpt2["vocab.json"] = Utf8(TokenizerFiles.Ids(TokenizerFiles.SmallPieces));
        gpt2["merges.txt"] = "#version: 0.2\na b\n\u0120 a\n"u8.ToArray();
        gpt2["tokenizer_config.json"] = Utf8(new JsonObject { ["tokenizer_class"] = "GPT2Tokenizer" });
        Dictionary<string, byte[]> wordPiece = new(whole)
        {
            ["vocab.txt"] = Encoding.UTF8.GetBytes(string.Join('\n', TokenizerFiles.SmallPieces)),
            ["tokenizer_config.json"] = Utf8(new JsonObject { ["do_lower_case"] = true, ["tokenizer_class"] = "BertTokenizer" }),
        };
        return new()
        {
            ["weights"] = new("model.safetensors", whole, DamagedSafetensors.Change),
            ["configuration"] = new("config.json", whole, DamagedJson.Change),
            ["index"] = new("model.safetensors.index.json", shards, DamagedJson.Change),
            ["shard"] = new("model-00001-of-00001.safetensors", shards, DamagedSafetensors.Change),
            ["byte-level tokenizer"] = new("tokenizer.json", new(whole) { ["tokenizer.json"] = Utf8(TokenizerFiles.SmallByteLevel()) }, DamagedJson.Change),
            ["WordPiece tokenizer"] = new("tokenizer.json", new(whole) { ["tokenizer.json"] = Utf8(TokenizerFiles.WordPiece(TokenizerFiles.SmallPieces)) }, DamagedJson.Change),
            ["WordPiece vocabulary"] = new("vocab.txt", wordPiece, (bytes, random) => Damage.Change(bytes, random)),
            ["tokenizer's configuration"] = new("tokenizer_config.json", wordPiece, DamagedJson.Change),
            ["BPE vocabulary"] = new("vocab.json", gpt2, DamagedJson.Change),
            ["BPE merges"] = new("merges.txt", gpt2, (bytes, random) => Damage.Change(bytes, random)),
            ["GGUF"] = new("model.gguf", new() { ["model.gguf"] = GgufBytes.LlamaOfDigits().ToArray() }, (bytes, random) => Damage.Change(bytes, random, GgufHead)),
        };
    });

    public static TheoryData<string> Subjects => [.. s_subjects.Value.Keys];

    [Theory]
    [MemberData(nameof(Subjects))]
    public void Two_thousand_damaged_files_open_or_are_refused_by_name(string subject) => Run(s_subjects.Value[subject], FuzzedReader.OrdinaryCount, seed: 1);

    [Theory]
    [MemberData(nameof(Subjects))]
    [Trait("Category", "Long")]
    public void A_hundred_thousand_damaged_files_open_or_are_refused_by_name(string subject) => Run(s_subjects.Value[subject], FuzzedReader.LongCount, seed: 2);

    [Fact]
    public void Any_configuration_opens_or_is_refused_by_name() =>
        Reader(s_subjects.Value["configuration"]).Run(FuzzedReader.OrdinaryCount, DamagedJson.Any("model_type", "vocab_size", "hidden_size", "num_hidden_layers", "bert"));

    [Theory]
    [InlineData("(")]
    [InlineData("(?:")]
    [InlineData("(?=")]
    [InlineData("[^")]
    public void A_pattern_of_thousands_of_levels_is_refused_and_a_deep_one_that_closes_is_not_run_for_ever(string level)
    {
        string deep = string.Concat(Enumerable.Repeat(level, 1_000)), closed = level[0] == '(' ? deep + "a" + new string(')', 1_000) : deep + "a]";
        foreach (string pattern in (string[])[deep, closed, string.Concat(Enumerable.Repeat(level, 100_000))])
        {
            JsonObject tokenizer = TokenizerFiles.SmallByteLevel();
            tokenizer["pre_tokenizer"] = Sequence(1, pattern);
            try
            {
                TokenizerFiles.Open(tokenizer, 20).Encode("a ab 12");
            }
            catch (Exception fault)
            {
                fault.Should().Match<Exception>(found => found is NotSupportedException || found is InvalidOperationException);
            }
        }
    }

    [Fact]
    public void A_pre_tokenizer_of_ten_thousand_steps_is_refused()
    {
        JsonObject tokenizer = TokenizerFiles.SmallByteLevel();
        tokenizer["pre_tokenizer"] = Sequence(10_000, "a");
        Action encode = () => TokenizerFiles.Open(tokenizer, 20).Encode("a");
        encode.Should().Throw<InvalidOperationException>().WithMessage("*tokenizer.json': the pre_tokenizer has more than 32 steps*");
    }

    private static JsonObject Sequence(int steps, string pattern) => new()
    {
        ["type"] = "Sequence",
        ["pretokenizers"] = new JsonArray([.. Enumerable.Range(0, steps).Select(_ => (JsonNode)new JsonObject
        {
            ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = "Isolated", ["invert"] = false,
        }), new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = false }]),
    };

    [Fact]
    public void The_sound_files_open()
    {
        foreach (Subject subject in s_subjects.Value.Values)
            Open(subject.Files, subject.Damaged);
    }

    private static void Run(Subject subject, int count, int seed) => Reader(subject).Run(count, seed, random => subject.Change(subject.Files[subject.Damaged], random));

    private static FuzzedReader Reader(Subject subject) => new(
        subject.Damaged,
        bytes => Open(new(subject.Files) { [subject.Damaged] = bytes }, subject.Damaged),
        typeof(InvalidDataException), typeof(NotSupportedException), typeof(FileNotFoundException))
    {
        Names = [Folder],
        // 16-bit weights of few columns are packed into panels of singles, and the sound files beside the damaged one count, too.
        FixedBytes = (4 << 20) + 100 * subject.Files.Values.Sum(bytes => bytes.Length),
        NativeBytes = () => AlignedMemory.AllocatedBytesForCurrentThread,
    };

    private static void Open(Dictionary<string, byte[]> files, string damaged)
    {
        BackboneFiles carried = new("damaged", Folder, [.. files.Keys], name => new MemoryStream(files[name], writable: false));
        if (files.ContainsKey("model.gguf"))
        {
            using GgufFile gguf = GgufFile.Open(carried.Open("model.gguf"), carried.PathOf("model.gguf"));
            foreach (WeightTensor tensor in gguf.Tensors.Values)
                gguf.Read(tensor, new float[tensor.Count]);
        }
        // A tokenizer is opened without its model, which is sound and takes longer.
        Func<string, IReadOnlyList<int>>? encode = s_tokenizers.Contains(damaged) ? BackboneTokenizers.Open(carried, Tokens) is { } tokenizer ? tokenizer.Encode : null
            : Backbone.Open(carried) is { HasTokenizer: true } model ? model.EncodeText : null;
        try
        {
            encode?.Invoke("a ab 12");
        }
        catch (InvalidOperationException)
        {
            // Of a tokenizer that is not run, only the numerals are known.
        }
    }

    /// <summary>A BERT of one layer, 8 components, 2 heads, 16 wide, 20 tokens and 8 positions.</summary>
    private static Dictionary<string, byte[]> Bert()
    {
        const int Layers = 1, D = 8, Wide = 16, Positions = 8, Types = 2;
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
