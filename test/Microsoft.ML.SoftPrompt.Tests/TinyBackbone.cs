using System.Globalization;

namespace Microsoft.ML.SoftPrompt.Tests;

/// <summary>The small random BERT of the reference values, with a vocabulary of numerals: a backbone that trains in a moment.</summary>
public static class TinyBackbone
{
    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
    private static readonly Lazy<string> Made = new(Make);

    public static string Folder => Made.Value;

    /// <summary>Positions of the model: with a prompt of 5, a series may have 59 values.</summary>
    public const int Positions = 64;

    public static string Make()
    {
        string folder = Directory.CreateTempSubdirectory("softprompt-tiny-").FullName;
        foreach (string file in new[] { "config.json", "model.safetensors" })
            File.Copy(Golden.PathOf($"backbones/bert/{file}"), Path.Combine(folder, file));
        var numerals = Enumerable.Range(0, 300 - Special.Length).Select(n => n.ToString(CultureInfo.InvariantCulture));
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), Special.Concat(numerals));
        return folder;
    }
}
