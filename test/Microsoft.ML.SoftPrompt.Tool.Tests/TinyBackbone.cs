namespace Microsoft.ML.SoftPrompt.Tool.Tests;

/// <summary>A random BERT of three narrow layers and 64 positions, in which every numeral up to 294 is a word piece of its own.</summary>
internal static class TinyBackbone
{
    private const int VocabularySize = 300;
    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
    private static readonly Lazy<string> s_folder = new(Create);

    public static string Folder => s_folder.Value;

    private static string Create()
    {
        string folder = Directory.CreateTempSubdirectory("softprompt-backbone-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        foreach (string name in new[] { "config.json", "model.safetensors" })
            File.Copy(Path.Join(AppContext.BaseDirectory, "golden", "backbones", "bert", name), Path.Join(folder, name));
        File.WriteAllLines(Path.Join(folder, "vocab.txt"), Special.Concat(Enumerable.Range(0, VocabularySize - Special.Length).Select(number => $"{number}")));
        return folder;
    }
}
