using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Finds windows that share readings with other windows of their series.</summary>
internal static class WindowOverlap
{
    /// <summary>Gives the held-out rows whose windows share no reading with a window that trains. Rows without a window stay.</summary>
    /// <param name="rows">All rows, in the data's order.</param>
    /// <param name="train">Indices of the rows that train.</param>
    /// <param name="heldOut">Indices of the rows held out.</param>
    public static int[] WithoutOverlap(IReadOnlyList<SplitRow> rows, IEnumerable<int> train, IEnumerable<int> heldOut)
    {
        string[] series = SeriesOf(rows);
        var trained = train.Where(i => rows[i].Window is not null)
            .GroupBy(i => series[i], i => rows[i].Window!.Value)
            .ToDictionary(group => group.Key, group => new Intervals(group));
        return heldOut.Where(i => rows[i].Window is not { } window || !trained.TryGetValue(series[i], out Intervals? intervals) || !intervals.Overlap(window)).ToArray();
    }

    /// <summary>A row's group; where groups are not known, a series ends where the windows' starts no longer rise.</summary>
    private static string[] SeriesOf(IReadOnlyList<SplitRow> rows)
    {
        var series = new string[rows.Count];
        int run = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            if (i > 0 && rows[i].Window?.Start <= rows[i - 1].Window?.Start)
                run++;
            series[i] = rows[i].Group is { } group ? "group " + group : FormattableString.Invariant($"run {run}");
        }
        return series;
    }

    private sealed class Intervals
    {
        private readonly long[] _starts;
        private readonly long[] _ends;

        public Intervals(IEnumerable<SeriesWindow> windows)
        {
            SeriesWindow[] sorted = windows.OrderBy(window => window.Start).ToArray();
            _starts = Array.ConvertAll(sorted, window => window.Start);
            _ends = Array.ConvertAll(sorted, window => window.End);
            for (int i = 1; i < _ends.Length; i++)
                _ends[i] = Math.Max(_ends[i], _ends[i - 1]); // the furthest end of the windows that start no later
        }

        public bool Overlap(SeriesWindow window)
        {
            // Only windows that start before this one ends can share a reading with it.
            int before = SortedValues.CountBelow<long>(_starts, window.End);
            return before > 0 && _ends[before - 1] > window.Start;
        }
    }
}
