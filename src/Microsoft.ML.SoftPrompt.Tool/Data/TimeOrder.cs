namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>
/// Says where times repeat or go back within a series. The stage that cuts windows could count them, but not name the file and the line.
/// </summary>
internal static class TimeOrder
{
    public static void Check(IReadOnlyList<InputTable> tables, IReadOnlyList<ReadingSeries> series, ToolConsole console)
    {
        int repeated = 0, backward = 0;
        Reading? first = null;
        foreach (ReadingSeries one in series)
        {
            DateTime? last = null;
            foreach (Reading reading in one.Readings.Where(reading => reading.Time is not null))
            {
                if (reading.Time <= last)
                {
                    first ??= reading;
                    repeated += reading.Time == last ? 1 : 0;
                    backward += reading.Time < last ? 1 : 0;
                }
                last = reading.Time;
            }
        }
        if (first is { } found)
            console.Warn($"times within a series repeat {repeated} times and go back {backward} times, first in "
                + $"{tables[found.Table].Place(tables[found.Table].Rows[found.Row])}; readings are taken in the order of the data.");
    }
}
