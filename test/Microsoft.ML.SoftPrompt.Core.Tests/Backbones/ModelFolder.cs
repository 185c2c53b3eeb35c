using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>A copy of the tiny BERT in a folder of its own, to be damaged.</summary>
internal sealed class ModelFolder : IDisposable
{
    public ModelFolder()
    {
        Path = Directory.CreateTempSubdirectory("softprompt-backbone-").FullName;
        foreach (string name in (string[])["config.json", "model.safetensors"])
            File.Copy(Golden.PathOf("backbones/bert/" + name), System.IO.Path.Combine(Path, name));
    }

    public string Path { get; }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes the weights again with a change.</summary>
    public void Change(Func<List<(string Name, long[] Shape, float[] Values)>, IEnumerable<(string, long[], float[])>> change) =>
        File.WriteAllBytes(PathOf("model.safetensors"), SafetensorsBytes.Of(change(SafetensorsBytes.Load(Golden.PathOf("backbones/bert/model.safetensors")))));

    public void CutIntoShards() => CutIntoShards(Path);

    /// <summary>Puts two shards and an index in the place of a folder's weights: the encoder's last layer is the second.</summary>
    public static void CutIntoShards(string folder)
    {
        string weights = System.IO.Path.Combine(folder, "model.safetensors");
        Dictionary<string, string> map = [];
        foreach (var shard in SafetensorsBytes.Load(weights).GroupBy(tensor => tensor.Name.Contains("layer.2", StringComparison.Ordinal) ? 2 : 1))
        {
            string name = $"model-0000{shard.Key}-of-00002.safetensors";
            File.WriteAllBytes(System.IO.Path.Combine(folder, name), SafetensorsBytes.Of(shard));
            foreach ((string tensor, _, _) in shard)
                map.Add(tensor, name);
        }
        File.Delete(weights);
        File.WriteAllText(weights + ".index.json", JsonSerializer.Serialize(new { metadata = new { total_size = 0 }, weight_map = map }));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
