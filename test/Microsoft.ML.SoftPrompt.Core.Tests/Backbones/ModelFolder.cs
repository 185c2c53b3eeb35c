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

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
