using System.Security.Cryptography;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

/// <summary>The folder of the published data sets, and which of its files were read.</summary>
internal sealed class DataFolder(string root, ToolConsole console)
{
    public const string Variable = "SOFTPROMPT_DATA";

    // Enough to tell versions apart, and short enough for a table.
    private const int HashLength = 16;

    private readonly SortedSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>Finds the folder: as given, or as the environment says.</summary>
    public static string Find(string? given)
    {
        string? folder = given ?? Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(folder))
            throw new ToolException($"No data folder was given. Name it with --data DIR or in {Variable}; softprompt data check DIR says what belongs into it and where it is published.");
        return Directory.Exists(folder) ? folder : throw new ToolException($"There is no data folder '{folder}'. softprompt data check DIR says what belongs into it and where it is published.");
    }

    public string Path(string relative)
    {
        string path = System.IO.Path.Combine(root, relative);
        if (!File.Exists(path))
            throw new ToolException($"The data folder '{root}' has no file '{relative}'. softprompt data check {Commands.CommandLineText.Quote(root)} says what is missing and where it is published.");
        _read.Add(relative);
        return path;
    }

    /// <summary>Gets the start of the SHA-256 over names and contents of all files read so far.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string relative in _read)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(relative + "\n"));
            using FileStream file = File.OpenRead(System.IO.Path.Combine(root, relative));
            hash.AppendData(SHA256.HashData(file));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..HashLength];
    }

    /// <summary>The files of a folder by their names, sorted.</summary>
    public IReadOnlyList<string> Files(string relative, string pattern)
    {
        string folder = System.IO.Path.Combine(root, relative);
        string[] names = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, pattern).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal)] : [];
        return names.Length > 0 ? names
            : throw new ToolException($"The data folder '{root}' has no file '{relative}/{pattern}'. softprompt data check {Commands.CommandLineText.Quote(root)} says what is missing and where it is published.");
    }

    public InputTable Table(string relative) => CsvTableReader.Read(new InputFile(Path(relative)), console);
}

/// <summary>Cells of a table, by column, with the place in every error.</summary>
internal static class TableCells
{
    public static int Column(this InputTable table, string name)
    {
        int column = Array.IndexOf(table.Columns, name);
        return column >= 0 ? column : throw new ToolException($"{table.Name} has no column '{name}'; found {string.Join(", ", table.Columns)}.");
    }

    public static float Number(this InputTable table, InputRow row, int column) =>
        Cell.TryNumber(row.Cells[column], out float value) && float.IsFinite(value) ? value : throw Unread(table, row, column, "a finite number");

    public static bool Label(this InputTable table, InputRow row, int column) =>
        Cell.TryLabel(row.Cells[column], out bool label) ? label : throw Unread(table, row, column, "0 or 1");

    public static DateTime Time(this InputTable table, InputRow row, int column) =>
        Times.TryParse(row.Cells[column], out DateTime time) ? time : throw Unread(table, row, column, "a time such as 2014-04-10 07:15:00");

    private static ToolException Unread(InputTable table, InputRow row, int column, string expected) =>
        new($"{table.Place(row, column)}: found '{row.Cells[column]}' where {expected} was expected.");
}
