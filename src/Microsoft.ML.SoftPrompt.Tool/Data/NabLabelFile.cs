using System.Globalization;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>
/// The label files of the Numenta Anomaly Benchmark: an object with an entry a data file, either anomaly windows
/// [[start, end], …], both ends inclusive (combined_windows.json), or single times (combined_labels.json).
/// </summary>
internal sealed class NabLabelFile
{
    private readonly string _path;
    private readonly Dictionary<string, (DateTime Start, DateTime End)[]> _entries;

    private NabLabelFile(string path, Dictionary<string, (DateTime Start, DateTime End)[]> entries)
    {
        _path = path;
        _entries = entries;
    }

    public static NabLabelFile Read(string path) => Read(path, File.OpenRead);

    /// <param name="path">The file's path, for messages.</param>
    /// <param name="open">Opens it.</param>
    internal static NabLabelFile Read(string path, Func<string, Stream> open)
    {
        try
        {
            using Stream stream = open(path);
            using JsonDocument document = JsonDocument.Parse(stream, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ToolException($"{path}: found a JSON {document.RootElement.ValueKind} where an object with an entry a data file was expected (NAB's combined_windows.json or combined_labels.json).");
            var entries = new Dictionary<string, (DateTime, DateTime)[]>(StringComparer.Ordinal);
            foreach (JsonProperty entry in document.RootElement.EnumerateObject())
                entries[entry.Name] = Stretches(path, entry);
            return new NabLabelFile(path, entries);
        }
        // A text that is none, such as half of a surrogate pair, only shows once it is asked for, as an InvalidOperationException.
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new ToolException($"{path} is not proper JSON: {fault.Message}", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"The label file '{path}' cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>The labels of a data file's rows.</summary>
    public Func<int, bool> For(InputTable table, DateTime?[] times, string? timeColumn, ToolConsole console)
    {
        (DateTime Start, DateTime End)[] stretches = _entries[Key(table)];
        if (timeColumn is null)
            throw new ToolException($"{table.Name} has no time column, which the labels of '{_path}' need. Name it with --time.");
        int unread = Array.FindIndex(times, time => time is null);
        if (unread >= 0)
        {
            InputRow row = table.Rows[unread];
            int column = table.IndexOf(timeColumn);
            throw new ToolException($"{table.Place(row, column)}: found '{row.Cells[column]}' where a time such as 2014-04-10 07:15:00 was expected; the labels of '{_path}' need it.");
        }
        DateTime[] sorted = [.. times.Select(time => time!.Value).Order()];
        DateTime first = sorted[0], last = sorted[^1];
        foreach ((DateTime start, DateTime end) in stretches)
        {
            if (start < first || end > last)
                console.Warn($"{table.Name}: the label {Written(start, end)} does not lie within the data, which runs from {Written(first, first)} to {Written(last, last)}.");
            else if (Array.BinarySearch(sorted, start) is var found and < 0 && sorted[~found] > end)
                console.Warn($"{table.Name}: no reading falls on the label {Written(start, end)}.");
        }
        (DateTime Start, DateTime End)[] merged = Merged(stretches);
        return row =>
        {
            int next = CountBegun(merged, times[row]!.Value);
            return next > 0 && times[row] <= merged[next - 1].End;
        };
    }

    /// <summary>Stretches in order, those that overlap as one, so that a time is looked up and not compared with all.</summary>
    private static (DateTime Start, DateTime End)[] Merged((DateTime Start, DateTime End)[] stretches)
    {
        var merged = new List<(DateTime Start, DateTime End)>();
        foreach ((DateTime start, DateTime end) in stretches.Order())
        {
            if (merged.Count > 0 && start <= merged[^1].End)
                merged[^1] = (merged[^1].Start, end > merged[^1].End ? end : merged[^1].End);
            else
                merged.Add((start, end));
        }
        return [.. merged];
    }

    /// <summary>How many stretches begin at a time or before it.</summary>
    private static int CountBegun((DateTime Start, DateTime End)[] merged, DateTime time)
    {
        int from = 0, to = merged.Length;
        while (from < to)
        {
            int middle = (from + to) / 2;
            (from, to) = merged[middle].Start <= time ? (middle + 1, to) : (from, middle);
        }
        return from;
    }

    private string Key(InputTable table)
    {
        if (table.File?.Path is not { } path)
            throw new ToolException($"Labels of '{_path}' are found by the data file's name, and {table.Name} has none. Give one file to --data.");
        string full = Path.GetFullPath(path);
        string file = Path.GetFileName(full);
        string withFolder = $"{Path.GetFileName(Path.GetDirectoryName(full))}/{file}";
        if (_entries.ContainsKey(withFolder))
            return withFolder;
        string[] sameName = Named(file);
        // The entries are NAB's CSV files, which the data may be written from in another format.
        if (sameName.Length == 0)
            sameName = Named(Path.ChangeExtension(file, ".csv"));
        return sameName.Length switch
        {
            1 => sameName[0],
            0 => throw new ToolException($"The data file '{path}' has no entry in the label file '{_path}' (looked for '{withFolder}' and '{file}'). Every data file needs one, an empty list where nothing is anomalous."),
            _ => throw new ToolException($"The data file '{path}' could be any of these entries in the label file '{_path}': {string.Join(", ", sameName)}. Put it into a folder of that name."),
        };
    }

    private string[] Named(string file) => _entries.Keys.Where(key => key[(key.LastIndexOf('/') + 1)..] == file).ToArray();

    private static (DateTime, DateTime)[] Stretches(string path, JsonProperty entry)
    {
        if (entry.Value.ValueKind != JsonValueKind.Array)
            throw Malformed(path, entry.Name, entry.Value);
        return entry.Value.EnumerateArray().Select(item => item.ValueKind switch
        {
            JsonValueKind.String => (Time(path, entry.Name, item), Time(path, entry.Name, item)),
            JsonValueKind.Array when item.GetArrayLength() == 2 => Ordered(path, entry.Name, item),
            _ => throw Malformed(path, entry.Name, item),
        }).ToArray();
    }

    private static (DateTime, DateTime) Ordered(string path, string key, JsonElement item)
    {
        (DateTime start, DateTime end) = (Time(path, key, item[0]), Time(path, key, item[1]));
        return start <= end ? (start, end) : throw Malformed(path, key, item);
    }

    private static DateTime Time(string path, string key, JsonElement item) =>
        item.ValueKind == JsonValueKind.String && Times.TryParse(item.GetString()!, out DateTime time) ? time : throw Malformed(path, key, item);

    private static ToolException Malformed(string path, string key, JsonElement found) =>
        new($"{path}, entry '{key}': found {Faults.Shortened(found.GetRawText())} where a list of times, or of [start, end] pairs, was expected.");

    private static string Written(DateTime start, DateTime end) =>
        start == end ? start.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : $"{Written(start, start)} – {Written(end, end)}";
}
