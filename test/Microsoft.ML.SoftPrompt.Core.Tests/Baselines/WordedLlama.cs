using System.Text;
using System.Text.Json.Nodes;
using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>A copy of the tiny Llama with a tokenizer that knows bytes and the words " yes" and " no".</summary>
internal sealed class WordedLlama : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("softprompt-zero-shot-").FullName;

    /// <param name="tied">What the configuration says of the output matrix; nothing when null.</param>
    /// <param name="words">Whether the words are pieces.</param>
    /// <param name="chat">Whether ChatML's marks are tokens.</param>
    public WordedLlama(bool? tied = true, bool words = true, bool chat = false)
    {
        foreach (string name in (string[])["config.json", "model.safetensors"])
            File.Copy(Golden.PathOf("backbones/llama/" + name), Path.Combine(_folder, name));
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "config.json")))!.AsObject();
        config.Remove("tie_word_embeddings");
        if (tied is { } flag)
            config["tie_word_embeddings"] = flag;
        File.WriteAllText(Path.Combine(_folder, "config.json"), config.ToJsonString());

        JsonObject tokenizer = TokenizerFiles.ByteLevel("gpt-2");
        List<string> pieces = [.. TokenizerFiles.Pieces.Where(piece => piece.Length == 1)];
        string[] merges = words ? ["Ġ y", "Ġy e", "Ġye s", "Ġ n", "Ġn o"] : [];
        pieces.AddRange(merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)));
        string[] marks = chat ? ["<|im_start|>", "<|im_end|>"] : [];
        tokenizer["added_tokens"] = new JsonArray([.. marks.Select((mark, i) => (JsonNode)new JsonObject { ["id"] = pieces.Count + i, ["content"] = mark, ["special"] = true })]);
        tokenizer["model"]!["vocab"] = TokenizerFiles.Ids(pieces);
        tokenizer["model"]!["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)merge)]);
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), tokenizer.ToJsonString(), new UTF8Encoding(false));
    }

    public IBackbone Open() => Backbone.Open(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
