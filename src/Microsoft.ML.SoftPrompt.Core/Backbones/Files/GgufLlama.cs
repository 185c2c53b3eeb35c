using System.Text.Json;
using System.Text.RegularExpressions;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The architecture <c>llama</c> of GGUF: its tensors' names and its metadata in the words of Hugging Face.</summary>
internal static partial class GgufLlama
{
    public const string Architecture = "llama";

    public const string Embedding = "model.embed_tokens.weight";
    private const string Output = "lm_head.weight";

    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["token_embd.weight"] = Embedding,
        ["output_norm.weight"] = "model.norm.weight",
        ["output.weight"] = Output,
    };

    private static readonly Dictionary<string, string> s_layerNames = new(StringComparer.Ordinal)
    {
        ["attn_norm"] = "input_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["ffn_norm"] = "post_attention_layernorm",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
    };

    /// <summary>Keys that are read, or that say nothing about the hidden states.</summary>
    private static readonly HashSet<string> s_known = new(StringComparer.Ordinal)
    {
        "context_length", "embedding_length", "block_count", "feed_forward_length", "attention.head_count", "attention.head_count_kv", "attention.key_length",
        "attention.value_length", "attention.layer_norm_rms_epsilon", "rope.dimension_count", "rope.freq_base", "vocab_size", "tensor_data_layout", "rope.scaling.finetuned",
    };

    /// <summary>Keys of variants that the engine does not run, with the value that stands for none.</summary>
    private static readonly Dictionary<string, string> s_without = new(StringComparer.Ordinal)
    {
        ["rope.scaling.type"] = "none", ["rope.scaling.factor"] = "1", ["rope.scale_linear"] = "1",
        ["expert_count"] = "0", ["expert_used_count"] = "0", ["attention.causal"] = "True", ["use_parallel_residual"] = "False",
    };

    /// <summary>Heads whose rows the file keeps in another order.</summary>
    /// <param name="Query">Heads of the queries.</param>
    /// <param name="Key">Heads of the keys and values.</param>
    /// <param name="Size">Rows of a head, an even number.</param>
    public readonly record struct Heads(int Query, int Key, int Size);

    /// <summary>The name that a tensor has in a Hugging Face folder; null for one that is no part of the model.</summary>
    public static string? NameOf(string name)
    {
        if (s_names.TryGetValue(name, out string? known))
            return known;
        Match layer = LayerTensor().Match(name);
        return layer.Success && s_layerNames.TryGetValue(layer.Groups["part"].Value, out string? part) ? $"model.layers.{layer.Groups["layer"].Value}.{part}.weight" : null;
    }

    /// <summary>How many heads' rows of a tensor, by its name as <see cref="NameOf"/> gives it, lie in the order of GGUF; 0 for all but queries and keys.</summary>
    public static int PermutedHeads(string name, Heads heads) =>
        name.EndsWith(".self_attn.q_proj.weight", StringComparison.Ordinal) ? heads.Query : name.EndsWith(".self_attn.k_proj.weight", StringComparison.Ordinal) ? heads.Key : 0;

    /// <summary>
    /// Where GGUF keeps a row of the queries or keys. Hugging Face rotates component i of a head with component i + size / 2; GGUF puts
    /// the two side by side, at 2i and 2i + 1.
    /// </summary>
    public static long StoredRow(long row, int headSize)
    {
        long head = row / headSize, part = row % headSize, half = headSize / 2;
        return head * headSize + part % half * 2 + part / half;
    }

    /// <summary>What the metadata says, as the <c>config.json</c> of the same model.</summary>
    /// <param name="header">The file's header.</param>
    /// <param name="tensors">The tensors by their Hugging Face names.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="InvalidDataException">A key is missing, out of range, or disagrees with another or with a tensor.</exception>
    /// <exception cref="NotSupportedException">A key asks for what the engine does not run.</exception>
    public static (byte[] Config, Heads Heads) ReadConfig(GgufHeader header, IReadOnlyDictionary<string, WeightTensor> tensors, string file)
    {
        static string Key(string name) => $"{Architecture}.{name}";
        foreach (string key in header.Keys.Where(key => key.StartsWith(Key(""), StringComparison.Ordinal)))
        {
            string name = key[Key("").Length..];
            if (s_without.TryGetValue(name, out string? without) ? header.Show(key) != without : !s_known.Contains(name))
                throw new NotSupportedException($"'{file}': {key} is {header.Show(key)}; {(without is null ? "a llama with this key is not supported" : $"supported is {without}")}.");
        }
        long hidden = header.Size(Key("embedding_length")), queryHeads = header.Size(Key("attention.head_count"));
        long keyHeads = header.Size(Key("attention.head_count_kv"), queryHeads);
        long headSize = header.Size(Key("attention.key_length"), hidden / queryHeads);
        if (headSize == 0 || headSize % 2 != 0)
            throw new InvalidDataException($"'{file}': a head has {headSize} components (embedding_length {hidden}, attention.head_count {queryHeads}); expected an even number above 0.");
        foreach (string name in (string[])["attention.value_length", "rope.dimension_count"])
        {
            long size = header.Size(Key(name), headSize);
            if (size != headSize)
                throw new NotSupportedException($"'{file}': {Key(name)} is {size}; supported is the size of a head, {headSize}.");
        }
        if (!tensors.TryGetValue(Embedding, out WeightTensor? embedding) || embedding.Shape.Count != 2)
            throw new InvalidDataException($"'{file}' lacks the tensor 'token_embd.weight' of two dimensions.");
        long rows = embedding.Shape[0], vocabulary = header.Size(Key("vocab_size"), rows);
        if (vocabulary != rows)
            throw new InvalidDataException($"'{file}': {Key("vocab_size")} is {vocabulary}, but tensor 'token_embd.weight' has {rows} rows.");

        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteString("model_type", Architecture);
            writer.WriteString("hidden_act", "silu");
            writer.WriteNumber("hidden_size", hidden);
            writer.WriteNumber("num_hidden_layers", header.Size(Key("block_count")));
            writer.WriteNumber("num_attention_heads", queryHeads);
            writer.WriteNumber("num_key_value_heads", keyHeads);
            writer.WriteNumber("head_dim", headSize);
            writer.WriteNumber("intermediate_size", header.Size(Key("feed_forward_length")));
            writer.WriteNumber("max_position_embeddings", header.Size(Key("context_length")));
            writer.WriteNumber("vocab_size", rows);
            writer.WriteNumber("rms_norm_eps", header.Number(Key("attention.layer_norm_rms_epsilon")));
            writer.WriteNumber("rope_theta", header.Number(Key("rope.freq_base"), 10_000));
            writer.WriteBoolean(HuggingFaceConfig.TiedOutput, !tensors.ContainsKey(Output));
            writer.WriteEndObject();
        }
        return (json.ToArray(), new Heads((int)queryHeads, (int)keyHeads, (int)headSize));
    }

    [GeneratedRegex(@"^blk\.(?<layer>0|[1-9][0-9]{0,5})\.(?<part>[a-z_]+)\.weight\z", RegexOptions.CultureInvariant)]
    private static partial Regex LayerTensor();
}
