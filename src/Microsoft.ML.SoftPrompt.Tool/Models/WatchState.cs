using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>What a watch keeps over restarts: the detector's state, and behind it the series with an open alarm as a JSON array of their names.</summary>
internal static class WatchState
{
    /// <exception cref="IOException">The file cannot be written; what was there is as it was.</exception>
    public static void Save(string path, StreamingDetector detector, IReadOnlyCollection<string> openAlarms)
    {
        using var file = new AtomicFile(path);
        detector.Save(file.Stream);
        JsonSerializer.Serialize(file.Stream, openAlarms);
        file.Commit();
    }

    /// <summary>The series with an open alarm.</summary>
    /// <param name="state">A file that stands behind the detector's state; one that ends there has no alarms.</param>
    /// <exception cref="InvalidDataException">Something else stands there.</exception>
    public static string[] ReadOpenAlarms(FileStream state)
    {
        if (state.Position == state.Length)
            return [];
        try
        {
            string[]? keys = JsonSerializer.Deserialize<string[]>(state);
            if (keys is not null && !keys.Contains(null))
                return keys;
            throw new JsonException("null");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"Behind the series it is damaged: expected the open alarms, a JSON array of names ({fault.Message}). Take an earlier copy, or start without a state.", fault);
        }
    }
}
