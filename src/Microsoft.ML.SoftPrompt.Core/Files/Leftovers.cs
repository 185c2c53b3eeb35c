namespace Microsoft.ML.SoftPrompt;

/// <summary>The temporary files that stand beside a destination until they are whole, and those that a killed process left there.</summary>
internal static class Leftovers
{
    private const string Mark = ".softprompt-", Ending = ".tmp";

    /// <summary>No file of a running process is that old without being locked, even where locks do not reach, as between two machines' mounts of one folder.</summary>
    private static readonly TimeSpan s_oldEnough = TimeSpan.FromHours(1);

    /// <summary>A name that is not taken: the destination's with a mark and a random number.</summary>
    public static string NewName(string destination) => $"{destination}{Mark}{Guid.NewGuid():N}{Ending}";

    /// <summary>
    /// Deletes what earlier processes left beside this destination: files of exactly such a name, which nobody has open and nobody has
    /// written to for an hour. Nothing else is ever deleted.
    /// </summary>
    public static void Delete(string destination)
    {
        string folder = Path.GetDirectoryName(destination)!, start = Path.GetFileName(destination) + Mark;
        try
        {
            foreach (string path in Directory.GetFiles(folder, $"*{Mark}*{Ending}").Where(path => IsLeftover(Path.GetFileName(path), start)))
                DeleteUnlessOpen(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The folder cannot be listed; the write itself says what stands in its way.
        }
    }

    private static bool IsLeftover(string name, string start) =>
        name.StartsWith(start, StringComparison.Ordinal) && name.EndsWith(Ending, StringComparison.Ordinal)
        && Guid.TryParseExact(name.AsSpan(start.Length, name.Length - start.Length - Ending.Length), "N", out _);

    private static void DeleteUnlessOpen(string path)
    {
        if (DateTime.UtcNow - File.GetLastWriteTimeUtc(path) <= s_oldEnough)
            return;
        try
        {
            using (File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { }
            File.Delete(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A process has it open, or somebody else was faster.
        }
    }
}
