namespace Microsoft.ML.SoftPrompt.Tests.Persistence;

/// <summary>Models that earlier versions saved, in <c>test/compatibility/VERSION</c>, load and answer as they did.</summary>
public sealed class CompatibilityTests
{
    private readonly MLContext _ml = new();

    public static TheoryData<string> Saved => [.. Directory.GetFiles(Folder, "*.zip", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path)).Order()];

    [Theory]
    [MemberData(nameof(Saved))]
    public void A_model_of_an_earlier_version_answers_as_it_did(string file) => Check(Path.Combine(Folder, file));

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

    private void Check(string zip)
    {
        var expected = CompatibilityCorpus.Read(zip);

        var found = CompatibilityCorpus.Ask(_ml, _ml.Model.Load(zip, out _), expected.Rows);

        found.Tokens.Should().BeEquivalentTo(expected.Tokens, options => options.WithStrictOrdering());
        for (int i = 0; i < expected.Scores.Length; i++)
            found.Scores[i].Should().Equal(expected.Scores[i], (x, y) => Math.Abs(x - y) <= 1e-4f * Math.Max(1, Math.Abs(y)));
    }
}
