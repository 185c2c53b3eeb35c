using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Microsoft.ML.SoftPrompt.Tests.Persistence;

/// <summary>Models that earlier versions saved, in <c>test/compatibility/VERSION</c>, load and answer as they did.</summary>
public sealed class CompatibilityTests
{
    private readonly MLContext _ml = new();

    public static TheoryData<string> Saved => [.. Directory.GetFiles(Folder, "*.zip", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path)).Order()];

    [Theory]
    [MemberData(nameof(Saved))]
    public void A_model_of_an_earlier_version_answers_as_it_did(string file) => Check(Path.Combine(Folder, file));

    [Theory]
    [MemberData(nameof(Saved))]
    public void A_model_of_an_earlier_version_saved_again_says_all_that_it_said(string file)
    {
        string path = Path.Combine(Folder, file);
        using var again = new MemoryStream();
        _ml.Model.Save(_ml.Model.Load(path, out _), null, again);

        var documents = Documents(new MemoryStream(again.ToArray()));

        using FileStream before = File.OpenRead(path);
        foreach ((string name, JsonNode document) in Documents(before))
            Holds(documents.Should().ContainKey(name).WhoseValue, document).Should().BeTrue($"{name} was {document} and is {documents[name]}");
    }

    [Fact]
    public void Each_version_kept_a_model_of_every_kind() =>
        Directory.GetDirectories(Folder).Should().NotBeEmpty().And.OnlyContain(version => Directory.GetFiles(version, "*.zip").Length >= 4);

    /// <summary>SOFTPROMPT_CORPUS names a folder to keep what this version writes: the way to add a version to the corpus before it is released.</summary>
    [Fact]
    public void A_model_of_this_version_answers_as_it_did()
    {
        string? kept = Environment.GetEnvironmentVariable("SOFTPROMPT_CORPUS");
        string folder = kept is null ? Directory.CreateTempSubdirectory("softprompt-").FullName : Directory.CreateDirectory(kept).FullName;
        try
        {
            CompatibilityCorpus.Write(folder);

            foreach (string zip in Directory.GetFiles(folder, "*.zip"))
                Check(zip);
        }
        finally
        {
            if (kept is null)
                Directory.Delete(folder, recursive: true);
        }
    }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "compatibility");

    /// <summary>The JSON documents of a model's stages, by the names of their entries.</summary>
    private static Dictionary<string, JsonNode> Documents(Stream zip)
    {
        using var archive = new ZipArchive(zip);
        return archive.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.Ordinal)).ToDictionary(entry => entry.FullName, entry =>
        {
            using Stream stream = entry.Open();
            return JsonNode.Parse(stream)!;
        });
    }

    /// <summary>Whether a document has all that an earlier one has; it may have more.</summary>
    private static bool Holds(JsonNode? document, JsonNode? earlier) => (document, earlier) switch
    {
        (JsonObject found, JsonObject expected) => expected.All(property => found.TryGetPropertyValue(property.Key, out JsonNode? value) && Holds(value, property.Value)),
        (JsonArray found, JsonArray expected) => found.Count == expected.Count && found.Zip(expected).All(pair => Holds(pair.First, pair.Second)),
        _ => JsonNode.DeepEquals(document, earlier),
    };

    private void Check(string zip)
    {
        var expected = CompatibilityCorpus.Read(zip);

        var found = CompatibilityCorpus.Ask(_ml, _ml.Model.Load(zip, out _), expected.Rows);

        Check(found.Tokens, expected.Tokens, 0);
        Check(found.Scores, expected.Scores, 1e-4);
        Check(found.Evidence!, expected.Evidence ?? [], 1e-9);
    }

    private static void Check(double[][] found, double[][] expected, double tolerance)
    {
        // Versions before a column existed wrote rows without values.
        if (expected.All(row => row.Length == 0))
            return;
        found.Should().HaveCount(expected.Length);
        for (int i = 0; i < expected.Length; i++)
            found[i].Should().Equal(expected[i], (x, y) => x.Equals(y) || Math.Abs(x - y) <= tolerance * Math.Max(1, Math.Abs(y)));
    }
}
