using System.Text.Json;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Finds reference values: in the folder named by SOFTPROMPT_GOLDEN where it is set, so that the same tests can run on values made with
/// another seed, else in <c>test/golden</c>. A file that is not there fails the test.
/// </summary>
internal static class Golden
{
    private static readonly Lazy<string> s_folder = new(Find);

    /// <summary>Gives the full path of a file or folder, e.g. <c>backbones/bert</c>.</summary>
    public static string PathOf(string relative)
    {
        string path = Path.Combine(s_folder.Value, relative);
        return File.Exists(path) || Directory.Exists(path)
            ? path
            : throw new FileNotFoundException($"The reference values '{relative}' are not in '{s_folder.Value}'.", path);
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("SOFTPROMPT_GOLDEN") is { Length: > 0 } named)
            return Path.GetFullPath(named);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string golden = Path.Combine(folder.FullName, "test", "golden");
            if (Directory.Exists(golden))
                return golden;
        }
        throw new DirectoryNotFoundException($"There is no folder test/golden above '{AppContext.BaseDirectory}'; set SOFTPROMPT_GOLDEN to where the reference values are.");
    }

    public static JsonDocument Json(string relative) => JsonDocument.Parse(File.ReadAllBytes(PathOf(relative)));
}
