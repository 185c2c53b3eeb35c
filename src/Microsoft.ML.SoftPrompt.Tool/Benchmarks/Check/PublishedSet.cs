using System.Security.Cryptography;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Check;

/// <summary>A data set as the benchmarks read it: where it is published, under which licence, and what its files are.</summary>
/// <param name="Form">What was done to the published files.</param>
internal sealed record PublishedSet(string Name, string Title, string Published, string Licence, string Form, IReadOnlyList<PublishedFile> Files)
{
    private const string Resource = "published-data.json";

    /// <summary>All sets, from the list that the tool carries.</summary>
    public static IReadOnlyList<PublishedSet> All()
    {
        using Stream stream = typeof(PublishedSet).Assembly.GetManifestResourceStream(Resource)!;
        return JsonSerializer.Deserialize<PublishedSet[]>(stream, JsonSerializerOptions.Web)!;
    }
}

/// <summary>A file of a set.</summary>
/// <param name="Path">Below the data folder.</param>
/// <param name="Rows">Lines behind the header; null for a file that is no table.</param>
/// <param name="Sha256">Of its bytes, in hexadecimal.</param>
internal sealed record PublishedFile(string Path, int? Rows, string Sha256)
{
    /// <summary>What is wrong with the file in a folder; null where it is whole.</summary>
    public string? Fault(string folder)
    {
        string path = System.IO.Path.Combine(folder, Path);
        if (!File.Exists(path))
            return "is missing";
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (Convert.ToHexStringLower(SHA256.HashData(stream)) == Sha256)
                return null;
            int rows = Rows is null ? 0 : File.ReadLines(path).Count(line => !string.IsNullOrWhiteSpace(line)) - 1;
            return Rows is { } expected && rows != expected ? $"has {Output.Numbers.Count(rows)} rows, not {Output.Numbers.Count(expected)}" : "differs";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read ({fault.Message.TrimEnd('.')})";
        }
    }
}
