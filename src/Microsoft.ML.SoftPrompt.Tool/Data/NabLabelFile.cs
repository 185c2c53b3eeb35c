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

    public static NabLabelFile Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ToolException($"{path}: found a JSON {document.RootElement.ValueKind} where an object with an entry a data file was expected (NAB's combined_windows.json or combined_labels.json).");
            var entries = new Dictionary<string, (DateTime, DateTime)[]>(StringComparer.Ordinal);
            foreach (JsonProperty entry in document.RootElement.EnumerateObject())
                entries[entry.Name] = Stretches(path, entry);
            return new NabLabelFile(path, entries);
        }
        catch (JsonException fault)
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
        DateTime first = times.Min()!.Value, last = times.Max()!.Value;
        foreach ((DateTime start, DateTime end) in stretches)
        {
            if (start < first || end > last)
                console.Warn($"{table.Name}: the label {Written(start, end)} does not lie within the data, which runs from {Written(first, first)} to {Written(last, last)}.");
            else if (!times.Any(time => time >= start && time <= end))
                console.Warn($"{table.Name}: no reading falls on the label {Written(start, end)}.");
        }
        return row => stretches.Any(stretch => times[row] >= stretch.Start && times[row] <= stretch.End);
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
        new($"{path}, entry '{key}': found {found.GetRawText()} where a list of times, or of [start, end] pairs, was expected.");

    private static string Written(DateTime start, DateTime end) =>
        start == end ? start.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : $"{Written(start, start)} – {Written(end, end)}";
}
