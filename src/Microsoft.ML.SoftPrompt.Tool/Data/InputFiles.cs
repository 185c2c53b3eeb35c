namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Turns the arguments of `--data` (paths, globs, `-`) into files, in a fixed order.</summary>
internal static class InputFiles
{
    private static readonly EnumerationOptions InFolder = new() { MatchType = MatchType.Simple, MatchCasing = MatchCasing.CaseSensitive };

    public static IReadOnlyList<InputFile> Resolve(IEnumerable<string> arguments)
    {
        var files = new List<InputFile>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string argument in arguments)
        {
            if (argument == InputFile.StandardInput)
            {
                if (seen.Add(argument))
                    files.Add(new InputFile((string?)null));
                continue;
            }
            foreach (string path in Expand(argument))
            {
                if (seen.Add(Path.GetFullPath(path)))
                    files.Add(new InputFile(path));
            }
        }
        return files;
    }

    private static IReadOnlyList<string> Expand(string argument)
    {
        // A file whose name holds a wildcard character is still that file.
        if (File.Exists(argument))
            return [argument];
        if (Directory.Exists(argument))
            throw new ToolException($"'{argument}' is a folder. Name its files, for example \"{Path.Join(argument, "*.csv")}\".");
        if (!HasWildcard(argument))
            throw new ToolException($"There is no file '{argument}' (looked in '{Path.GetDirectoryName(Path.GetFullPath(argument))}').");

        string root = Path.GetPathRoot(argument) ?? "";
        string[] segments = argument[root.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> folders = [root];
        foreach (string segment in segments[..^1])
            folders = folders.SelectMany(folder => FoldersBelow(folder, segment)).ToArray();
        string[] files = folders.SelectMany(folder => FilesIn(folder, segments[^1])).Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0
            ? files
            : throw new ToolException($"No file matches '{argument}'. Check the folder and the pattern; quote the pattern so that the shell leaves it alone.");
    }

    private static IEnumerable<string> FoldersBelow(string folder, string segment)
    {
        if (!HasWildcard(segment))
            return Directory.Exists(Path.Join(folder, segment)) ? [Path.Join(folder, segment)] : [];
        if (!Directory.Exists(OrHere(folder)))
            return [];
        return Directory.EnumerateDirectories(OrHere(folder), segment, InFolder).Select(found => Path.Join(folder, Path.GetFileName(found)));
    }

    private static IEnumerable<string> FilesIn(string folder, string segment)
    {
        if (!Directory.Exists(OrHere(folder)))
            return [];
        return Directory.EnumerateFiles(OrHere(folder), segment, InFolder).Select(found => Path.Join(folder, Path.GetFileName(found)));
    }

    private static bool HasWildcard(string text) => text.AsSpan().ContainsAny('*', '?');

    private static string OrHere(string folder) => folder.Length == 0 ? "." : folder;
}
