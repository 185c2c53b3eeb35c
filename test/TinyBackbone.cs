using System.Globalization;

namespace Microsoft.ML.SoftPrompt;

/// <summary>The small random BERT of the reference values, with a vocabulary of numerals: a backbone of 64 positions that trains in a moment.</summary>
internal static class TinyBackbone
{
    private const int VocabularySize = 300;
    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
    private static readonly Lazy<string> Made = new(Make);

    public static string Folder => Made.Value;

    public static string Make()
    {
        string folder = Directory.CreateTempSubdirectory("softprompt-tiny-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        };
        foreach (string file in new[] { "config.json", "model.safetensors" })
            File.Copy(Golden.PathOf($"backbones/bert/{file}"), Path.Combine(folder, file));
        var numerals = Enumerable.Range(0, VocabularySize - Special.Length).Select(n => n.ToString(CultureInfo.InvariantCulture));
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), Special.Concat(numerals));
        return folder;
    }
}
