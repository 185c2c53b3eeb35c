using System.Globalization;

namespace Microsoft.ML.SoftPrompt.Benchmarks.Experiments;

/// <summary>
/// The demos of MIMIC-III and MIMIC-IV as the paper makes series of MIMIC-IV: the ten most common lab tests, a patient's values of one test
/// over time, their last 100; anomalous where any of the four rules for context anomalies flags. 2,000 series of 200 patients, half of
/// whom, drawn by the seed, test, three in ten train, and two in ten validate.
/// </summary>
internal static class MimicData
{
    private const int Tests = 10, LongestSeries = 100;
    private const double TestShare = 0.5, TrainShare = 0.3;

    public static ExperimentData Read(MLContext ml, string folder, int seed)
    {
        Result[] results =
        [
            .. Results(Path.Combine(folder, "mimic-iii-demo", "labevents.csv"), "III", "charttime", "valuenum"),
            .. Results(Path.Combine(folder, "mimic-iv-demo", "labs_long.csv"), "IV", "time", "value"),
        ];
        var tests = results.GroupBy(result => result.Test).OrderByDescending(test => test.Count()).ThenBy(test => test.Key, StringComparer.Ordinal)
            .Take(Tests).Select(test => test.Key).ToHashSet();
        SeriesRow[] series =
        [
            .. results.Where(result => tests.Contains(result.Test)).GroupBy(result => (result.Patient, result.Test))
                .OrderBy(one => one.Key.Patient, StringComparer.Ordinal).ThenBy(one => one.Key.Test, StringComparer.Ordinal)
                .Select(one => new SeriesRow
                {
                    Source = one.Key.Patient,
                    Group = one.Key.Test,
                    Series = [.. one.OrderBy(result => result.Time).Select(result => result.Value).TakeLast(LongestSeries)],
                }),
        ];
        var rows = ml.Data.LoadFromEnumerable(series);
        var labelled = ml.Transforms.LabelContextAnomalies("IsContextAnomaly", "Series").Fit(rows).Transform(rows);
        foreach ((SeriesRow row, Labels labels) in series.Zip(ml.Data.CreateEnumerable<Labels>(labelled, reuseRowObject: false)))
            row.Label = labels.IsContextAnomaly;

        string[] patients = [.. series.Select(row => row.Source).Distinct()];
        new Random(seed).Shuffle(patients);
        int tested = (int)(TestShare * patients.Length), trained = tested + (int)(TrainShare * patients.Length);
        SeriesRow[] Part(string[] those) => [.. series.Where(row => those.Contains(row.Source))];
        return new ExperimentData("mimic", ByGroup: false, Part(patients[tested..trained]), Part(patients[trained..]), Part(patients[..tested]));
    }

    private static IEnumerable<Result> Results(string file, string demo, string timeColumn, string valueColumn)
    {
        using var lines = File.ReadLines(file).GetEnumerator();
        lines.MoveNext();
        string[] header = Cells(lines.Current);
        int patient = Array.IndexOf(header, "subject_id"), test = Array.IndexOf(header, "itemid"), time = Array.IndexOf(header, timeColumn), value = Array.IndexOf(header, valueColumn);
        while (lines.MoveNext())
        {
            string[] cells = Cells(lines.Current);
            // Results in words have no number.
            if (float.TryParse(cells[value], CultureInfo.InvariantCulture, out float number) && float.IsFinite(number))
                yield return new Result($"{demo} {cells[patient]}", cells[test], DateTime.Parse(cells[time], CultureInfo.InvariantCulture), number);
        }
    }

    /// <summary>The cells of a line of CSV; the files have no line breaks within quotes.</summary>
    private static string[] Cells(string line)
    {
        var cells = new List<string>();
        string[] quoted = line.Split('"'); // every other piece stood between quotes
        string cell = "";
        for (int i = 0; i < quoted.Length; i++)
        {
            string[] pieces = i % 2 == 1 ? [quoted[i]] : quoted[i].Split(',');
            cell += pieces[0];
            foreach (string piece in pieces.Skip(1))
            {
                cells.Add(cell);
                cell = piece;
            }
        }
        return [.. cells, cell];
    }

    private readonly record struct Result(string Patient, string Test, DateTime Time, float Value);

    private sealed class Labels
    {
        public bool IsContextAnomaly { get; set; }
    }
}
