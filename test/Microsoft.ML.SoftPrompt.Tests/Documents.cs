using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.Tests;

/// <summary>Examples in the documents, word for word, compiled and run here.</summary>
internal static class Documents
{
    /// <summary>Checks that a document prints the lines between <c>#region</c> and <c>#endregion</c> of the calling file.</summary>
    /// <param name="document">Path from the repository's root.</param>
    /// <param name="region">The region's name.</param>
    /// <param name="caller">The calling file.</param>
    public static void ShouldPrint(string document, string region, [CallerFilePath] string caller = "")
    {
        string source = File.ReadAllText(caller), text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", document));
        string start = $"#region {region}";
        string code = source[(source.IndexOf(start, StringComparison.Ordinal) + start.Length)..];
        code = code[..code.IndexOf("#endregion", StringComparison.Ordinal)];

        Words(text).Should().Contain(Words(code), "{0} prints what is run here", document);
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
