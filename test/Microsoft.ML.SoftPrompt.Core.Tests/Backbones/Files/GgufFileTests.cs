using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

public class GgufFileTests
{
    private static GgufFile Open(GgufBytes file) => Open(file.ToArray());

    private static GgufFile Open(byte[] bytes) => GgufFile.Open(new MemoryStream(bytes), "m.gguf");

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_sound_file_reads_as_a_folder_of_hugging_face(uint version)
    {
        GgufBytes bytes = GgufBytes.Llama();
        bytes.Version = version;
        using GgufFile file = Open(bytes);
        file.Tensors.Keys.Should().BeEquivalentTo(
            "model.embed_tokens.weight", "model.norm.weight", "model.layers.0.input_layernorm.weight", "model.layers.0.self_attn.q_proj.weight",
            "model.layers.0.self_attn.k_proj.weight", "model.layers.0.self_attn.v_proj.weight", "model.layers.0.self_attn.o_proj.weight",
            "model.layers.0.post_attention_layernorm.weight", "model.layers.0.mlp.gate_proj.weight", "model.layers.0.mlp.up_proj.weight", "model.layers.0.mlp.down_proj.weight");
        file.Tensors["model.embed_tokens.weight"].ShapeText.Should().Be("[6, 8]");
        file.Tensors["model.layers.0.mlp.down_proj.weight"].ShapeText.Should().Be("[8, 16]");
        using JsonDocument config = JsonDocument.Parse(file.OpenConfig());
        config.RootElement.EnumerateObject().Select(field => $"{field.Name}={field.Value}").Should().Equal(
            "model_type=llama", "hidden_act=silu", "hidden_size=8", "num_hidden_layers=1", "num_attention_heads=2", "num_key_value_heads=1", "head_dim=4",
            "intermediate_size=16", "max_position_embeddings=16", "vocab_size=6", "rms_norm_eps=1E-05", "rope_theta=500", "tie_word_embeddings=True");
        file.Vocabulary!.Should().BeEquivalentTo(new GgufVocabulary("gpt2", "smollm", ["a", "b", "ab", "Ġ", "1", "2"], ["a b"], [1, 1, 3, 1, 1, 1]));
    }

    [Fact]
    public void What_the_metadata_leaves_out_has_its_usual_value()
    {
        GgufBytes bytes = GgufBytes.Llama();
        bytes.Metadata.RemoveAll(entry => entry.Key is "llama.attention.head_count_kv" or "llama.rope.freq_base" or "llama.vocab_size" or "llama.rope.dimension_count"
            || entry.Key.StartsWith("tokenizer.", StringComparison.Ordinal));
        bytes.Tensors.RemoveAll(tensor => tensor.Name == "blk.0.attn_k.weight");
        bytes.Add("blk.0.attn_k.weight", 8, 8);
        bytes.Add("output.weight", 8, 6);
        using GgufFile file = Open(bytes);
        using JsonDocument config = JsonDocument.Parse(file.OpenConfig());
        config.RootElement.GetProperty("num_key_value_heads").GetInt32().Should().Be(2);
        config.RootElement.GetProperty("rope_theta").GetSingle().Should().Be(10_000);
        config.RootElement.GetProperty("tie_word_embeddings").GetBoolean().Should().BeFalse();
        file.Tensors.Should().ContainKey("lm_head.weight");
        file.Vocabulary.Should().BeNull();
    }

    /// <summary>A head of 4 rows lies in the file as 0, 2, 1, 3: component i of the first half beside that of the second.</summary>
    [Theory]
    [InlineData("q_proj", new[] { 0, 2, 1, 3, 4, 6, 5, 7 })]
    [InlineData("k_proj", new[] { 0, 2, 1, 3 })]
    [InlineData("v_proj", new[] { 0, 1, 2, 3 })]
    [InlineData("o_proj", new[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    public void Rows_of_queries_and_keys_come_in_their_order(string part, int[] stored)
    {
        using GgufFile file = Open(GgufBytes.Llama());
        WeightTensor tensor = file.Tensors[$"model.layers.0.self_attn.{part}.weight"];
        float[] expected = [.. stored.SelectMany(row => Enumerable.Range(row * 8, 8).Select(i => i / 64f))];
        float[] whole = new float[tensor.Count], piece = new float[11];
        file.Read(tensor, whole);
        whole.Should().Equal(expected);
        file.Read(tensor, 13, piece);
        piece.Should().Equal(expected[13..24]);
        byte[] raw = new byte[10];
        file.ReadRaw(tensor, 30, raw);
        raw.Should().Equal(expected.SelectMany(BitConverter.GetBytes).Skip(30).Take(10));
    }

    [Fact]
    public void Blocks_are_read_whole_and_from_their_start()
    {
        GgufBytes bytes = GgufBytes.Llama();
        bytes.Set("llama.embedding_length", 32u);
        bytes.Set("llama.attention.key_length", 4u);
        bytes.Set("llama.attention.value_length", 4u);
        bytes.Tensors.RemoveAll(tensor => tensor.Name == "token_embd.weight");
        bytes.Tensors.Add(("token_embd.weight", "Q8_0", [32, 6], [.. Enumerable.Range(0, 6).SelectMany(row => (byte[])[0x00, 0x3C, .. Enumerable.Range(row, 32).Select(q => (byte)q)])]));
        using GgufFile file = Open(bytes);
        WeightTensor tensor = file.Tensors["model.embed_tokens.weight"];
        (tensor.Count, tensor.Bytes).Should().Be((192, 204));
        float[] row = new float[32];
        file.Read(tensor, 5 * 32, row);
        row.Should().Equal(Enumerable.Range(5, 32).Select(q => (float)q));
        Action within = () => file.Read(tensor, 16, row);
        within.Should().Throw<ArgumentException>().WithMessage("*blocks of 32 numbers*");
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_refused()
    {
        GgufBytes bytes = GgufBytes.Llama();
        bytes.Tensors[0] = ("token_embd.weight", "F16", [8, 6], [.. Enumerable.Repeat((byte)0x7C, 96)]);
        byte[] infinite = bytes.Tensors[0].Bytes;
        (infinite[2], infinite[3]) = (0x00, 0x7C);
        using GgufFile file = Open(bytes);
        Action read = () => file.Read(file.Tensors["model.embed_tokens.weight"], new float[48]);
        read.Should().Throw<InvalidDataException>().WithMessage("'m.gguf': tensor 'model.embed_tokens.weight' holds*at index *; weights are finite numbers.");
    }

    private static GgufBytes With(Action<GgufBytes> change)
    {
        GgufBytes bytes = GgufBytes.Llama();
        change(bytes);
        return bytes;
    }

    public static TheoryData<string, string> Damages => new()
    {
        { "no architecture", "*lacks the key 'general.architecture'*" },
        { "no epsilon", "*lacks the key 'llama.attention.layer_norm_rms_epsilon'*" },
        { "zero heads", "*llama.attention.head_count is 0; expected a whole number from 1*" },
        { "heads for each layer", "*llama.attention.head_count is an array of 2; expected a whole number*" },
        { "huge width", "*llama.embedding_length is 18446744073709551615; expected a whole number*" },
        { "odd head", "*a head has 3 components (embedding_length 6, attention.head_count 2); expected an even number*" },
        { "negative epsilon", "*llama.attention.layer_norm_rms_epsilon is -1; expected a number above 0*" },
        { "key twice", "*the key 'general.name' stands in the metadata twice*" },
        { "tensor twice", "*tensor 'output_norm.weight' stands in the header twice*" },
        { "truth value", "*a.b is the truth value 2; expected 0 or 1*" },
        { "value type", "*a.b is of the value type 13; known are 0 to 12*" },
        { "long array", "*the values of 'a.b' are 1152921504606846976, but only*" },
        { "deep arrays", "*a.b holds arrays in arrays more than 4 deep*" },
        { "no Unicode", "*the value of 'a.b' is not UTF-8*" },
        { "alignment", "*general.alignment is 24; expected a power of two*" },
        { "offset not aligned", "*tensor 'blk.0.attn_q.weight' starts at byte * of the data; expected a multiple of 32*" },
        { "offset beyond", "*tensor 'blk.0.attn_q.weight' of type F32 and shape [[]8, 8] takes 256 bytes from 1099511628*; the whole file has *" },
        { "overlap", "*tensor 'blk.0.attn_q.weight' starts at byte *, within tensor 'blk.0.attn_norm.weight'*" },
        { "overflow", "*tensor 'x' of type F32 and shape [[]4294967296, 4294967296, 4294967296] takes 316912650057057350374175801344 bytes*" },
        { "five dimensions", "*tensor 'x' has 5 dimensions; expected 1 to 4*" },
        { "no rows", "*tensor 'x' has a dimension of 0*" },
        { "broken block", "*tensor 'x' of type Q8_0 has rows of 8 numbers; expected a multiple of 32*" },
        { "rows and heads", "*tensor 'model.layers.0.self_attn.q_proj.weight' has the shape [[]4, 8]; expected 8 rows, 2 heads of 4*" },
        { "no embedding", "*lacks the tensor 'token_embd.weight'*" },
        { "vocabulary and rows", "*llama.vocab_size is 7, but tensor 'token_embd.weight' has 6 rows*" },
        { "tokens and rows", "*tokenizer.ggml.tokens are 7, but tensor 'token_embd.weight' has 6 rows*" },
        { "tokens are numbers", "*tokenizer.ggml.tokens is an array of 2; expected an array of texts*" },
    };

    private static void Damage(string fault, GgufBytes file)
    {
        byte[] Value(uint type, Action<BinaryWriter> write) => GgufBytes.Bytes(writer =>
        {
            writer.Write(type);
            write(writer);
        });
        void Replace(string name, params ulong[] shape)
        {
            file.Tensors.RemoveAll(tensor => tensor.Name == name);
            file.Add(name, shape);
        }
        Action change = fault switch
        {
            "no architecture" => () => file.Metadata.RemoveAt(0),
            "no epsilon" => () => file.Metadata.RemoveAll(entry => entry.Key.EndsWith("epsilon", StringComparison.Ordinal)),
            "zero heads" => () => file.Set("llama.attention.head_count", 0u),
            "heads for each layer" => () => file.Set("llama.attention.head_count", GgufBytes.Bytes(writer => GgufBytes.WriteWholes(writer, 2, 2))),
            "huge width" => () => file.Set("llama.embedding_length", ulong.MaxValue),
            "odd head" => () => file.Set("llama.embedding_length", 6u),
            "negative epsilon" => () => file.Set("llama.attention.layer_norm_rms_epsilon", -1f),
            "key twice" => () => file.Metadata.Add(("general.name", "again")),
            "tensor twice" => () => file.Add("output_norm.weight", 8),
            "truth value" => () => file.Set("a.b", Value(7, writer => writer.Write((byte)2))),
            "value type" => () => file.Set("a.b", Value(13, _ => { })),
            "long array" => () => file.Set("a.b", Value(GgufBytes.Array, writer =>
            {
                writer.Write(GgufBytes.Whole);
                writer.Write(1UL << 60);
            })),
            "deep arrays" => () => file.Set("a.b", Value(GgufBytes.Array, writer =>
            {
                for (int i = 0; i < 6; i++)
                {
                    writer.Write(GgufBytes.Array);
                    writer.Write(1UL);
                }
            })),
            "no Unicode" => () => file.Set("a.b", Value(GgufBytes.Text, writer =>
            {
                writer.Write(1UL);
                writer.Write((byte)0xFF);
            })),
            "alignment" => () => file.Set("general.alignment", 24u),
            "offset not aligned" => () => file.Shifts["blk.0.attn_q.weight"] = 8,
            "offset beyond" => () => file.Shifts["blk.0.attn_q.weight"] = 1L << 40,
            "overlap" => () => file.Shifts["blk.0.attn_q.weight"] = -32,
            "overflow" => () => file.Tensors.Add(("x", "F32", [1UL << 32, 1UL << 32, 1UL << 32], [])),
            "five dimensions" => () => file.Tensors.Add(("x", "F32", [1, 1, 1, 1, 1], new byte[4])),
            "no rows" => () => file.Tensors.Add(("x", "F32", [4, 0], [])),
            "broken block" => () => file.Tensors.Add(("x", "Q8_0", [8, 8], new byte[64])),
            "rows and heads" => () => Replace("blk.0.attn_q.weight", 8, 4),
            "no embedding" => () => file.Tensors.RemoveAt(0),
            "vocabulary and rows" => () => file.Set("llama.vocab_size", 7u),
            "tokens and rows" => () => file.Set("tokenizer.ggml.tokens", (string[])["a", "b", "c", "d", "e", "f", "g"]),
            "tokens are numbers" => () => file.Set("tokenizer.ggml.tokens", GgufBytes.Bytes(writer => GgufBytes.WriteWholes(writer, 2, 2))),
            _ => throw new ArgumentException(fault),
        };
        change();
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_file_is_refused_with_what_is_wrong(string fault, string message)
    {
        Action open = () => Open(With(file => Damage(fault, file)));
        // Brackets mean themselves here.
        open.Should().Throw<InvalidDataException>().WithMessage("'m.gguf'" + message.Replace("[[]", "["));
    }

    [Theory]
    [InlineData("general.architecture", "gemma2", "*general.architecture is 'gemma2'; supported is llama.")]
    [InlineData("llama.rope.scaling.type", "yarn", "*llama.rope.scaling.type is yarn; supported is none.")]
    [InlineData("llama.rope.scaling.factor", 8f, "*llama.rope.scaling.factor is 8; supported is 1.")]
    [InlineData("llama.expert_count", 8u, "*llama.expert_count is 8; supported is 0.")]
    [InlineData("llama.attention.sliding_window", 4096u, "*llama.attention.sliding_window is 4096; a llama with this key is not supported.")]
    [InlineData("llama.rope.dimension_count", 2u, "*llama.rope.dimension_count is 2; supported is the size of a head, 4.")]
    [InlineData("llama.attention.value_length", 8u, "*llama.attention.value_length is 8; supported is the size of a head, 4.")]
    public void A_model_of_another_kind_is_refused_by_its_key(string key, object value, string message)
    {
        Action open = () => Open(With(file => file.Set(key, value)));
        open.Should().Throw<NotSupportedException>().WithMessage("'m.gguf'" + message);
    }

    [Fact]
    public void A_type_and_a_tensor_that_are_not_read_are_refused_by_name()
    {
        Action type = () => Open(With(file => file.Tensors.Add(("blk.1.attn_q.weight", "Q2_K", [256], new byte[84]))));
        type.Should().Throw<NotSupportedException>().WithMessage("'m.gguf': tensor 'blk.1.attn_q.weight' is of type Q2_K; supported are F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K.");
        foreach (string name in (string[])["rope_freqs.weight", "blk.0.attn_q.bias", "blk.00.attn_q.weight", "blk.0.ffn_gate_exps.weight"])
        {
            Action tensor = () => Open(With(file => file.Add(name, 2)));
            tensor.Should().Throw<NotSupportedException>().WithMessage($"'m.gguf' holds the tensor '{name}' [2], which is no part of a llama that the engine runs.");
        }
    }

    [Fact]
    public void Another_version_byte_order_or_kind_of_file_is_refused()
    {
        byte[] sound = GgufBytes.Llama().ToArray();
        Action OpenWith(int at, params byte[] bytes)
        {
            byte[] changed = [.. sound];
            bytes.CopyTo(changed, at);
            return () => Open(changed);
        }
        OpenWith(4, 1).Should().Throw<NotSupportedException>().WithMessage("'m.gguf' is GGUF version 1; supported are 2 and 3.");
        OpenWith(4, 0, 0, 0, 3).Should().Throw<NotSupportedException>().WithMessage("'m.gguf' is big-endian GGUF; supported is little-endian.");
        OpenWith(0, (byte)'g').Should().Throw<InvalidDataException>().WithMessage("'m.gguf' does not begin with GGUF*");
        OpenWith(8, 255, 255, 255, 255, 255, 255, 255, 255).Should().Throw<InvalidDataException>().WithMessage("'m.gguf' says that its tensors are 18446744073709551615, but only*");
        OpenWith(16, 255, 255, 255, 255).Should().Throw<InvalidDataException>().WithMessage("'m.gguf' says that its metadata's keys are 4294967295, but only*");
        OpenWith(24, 255, 255, 255, 255, 255, 255, 255, 255).Should().Throw<InvalidDataException>().WithMessage("'m.gguf': a key of the metadata takes 18446744073709551615 bytes, but only*");
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] whole = GgufBytes.Llama().ToArray();
        for (int length = 0; length < whole.Length; length++)
        {
            Action open = () => Open(whole[..length]);
            open.Should().Throw<InvalidDataException>("of {0} of {1} bytes", length, whole.Length);
        }
    }

    [SkippableFact]
    public void The_weights_of_SmolLM2_are_those_of_the_reference()
    {
        using GgufFile file = GgufFile.Open(File.OpenRead(SharedModels.PathOf(SmolLM2Tests.Model)), SmolLM2Tests.Model);
        file.Tensors.Values.Select(tensor => tensor.Type).Distinct().Should().BeEquivalentTo("F32", "Q4_1", "Q8_0");
        (file.Tensors.Count, file.Tensors["model.embed_tokens.weight"].ShapeText).Should().Be((272, "[49152, 576]"));
        (file.Vocabulary!.Model, file.Vocabulary.PreTokenizer, file.Vocabulary.Tokens.Count, file.Vocabulary.Merges.Count).Should().Be(("gpt2", "smollm", 49152, 48900));
        using JsonDocument golden = Golden.Json("smollm2/case.json");
        float[] First8(string tensor, int row, string field)
        {
            float[] numbers = new float[576];
            file.Read(file.Tensors[tensor], row * 576L, numbers);
            numbers[..8].Should().Equal(golden.RootElement.GetProperty(field).EnumerateArray().Select(value => value.GetSingle()), "of {0}", field);
            return numbers;
        }
        First8("model.layers.0.self_attn.q_proj.weight", 0, "q_proj0_row0_first8");
        First8("model.embed_tokens.weight", 1000, "embed_row_1000_first8");
    }
}
