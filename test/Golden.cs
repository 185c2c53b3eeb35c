using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tests;

/// <summary>Reference values: the repository's copy, or the folder named by SOFTPROMPT_GOLDEN, where a missing file fails.</summary>
internal static class Golden
{
    public static string Path(string relative)
    {
        string folder = Environment.GetEnvironmentVariable("SOFTPROMPT_GOLDEN") is { Length: > 0 } named ? named : System.IO.Path.Combine(AppContext.BaseDirectory, "golden");
        string path = System.IO.Path.Combine(folder, relative);
        return File.Exists(path) || Directory.Exists(path) ? path : throw new FileNotFoundException($"The reference values {relative} are not in {folder}.", path);
    }

    public static JsonDocument Json(string relative) => JsonDocument.Parse(File.ReadAllBytes(Path(relative)));
}
