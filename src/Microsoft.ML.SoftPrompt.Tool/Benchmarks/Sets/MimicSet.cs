using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

/// <summary>
/// One of the demos of MIMIC-III and MIMIC-IV, as the paper makes series of MIMIC-IV: the ten most common lab tests, a patient's values of
/// one test over time, their last 100. The demos stand apart since they may share patients. Tasks: each rule for context anomalies, their
/// union, and in MIMIC-III, which has the laboratory's flags, a label a value and a series that has either.
/// </summary>
internal sealed class MimicSet : IBenchmarkSet
{
    private const string Union = "union", Flags = "flags", UnionOrFlag = "union-or-flag", Abnormal = "abnormal";
    private const int LabTests = 10, LongestSeries = 100;

    // The slots of LabelContextAnomalies' rules.
    private static readonly string[] Rules = ["trend", "spike", "shift", "volatility"];

    private readonly Patient[] _patients;

    private MimicSet(string name, string dataHash, IEnumerable<string> tasks, Patient[] patients)
    {
        (Name, DataHash, Tasks, _patients) = (name, dataHash, [.. tasks], patients);
    }

    public static MimicSet ReadIII(MLContext ml, DataFolder folder)
    {
        Patient[] patients = Read(ml, folder.Table("mimic/mimic-iii-demo/labevents.csv"), "charttime", "valuenum", "flag");
        return new MimicSet("mimic-iii", folder.Hash(), [Union, .. Rules, Flags, UnionOrFlag], patients);
    }

    public static MimicSet ReadIV(MLContext ml, DataFolder folder)
    {
        Patient[] patients = Read(ml, folder.Table("mimic/mimic-iv-demo/labs_long.csv"), "time", "value", flagColumn: null);
        return new MimicSet("mimic-iv", folder.Hash(), [Union, .. Rules], patients);
    }

    public string Name { get; }

    public IReadOnlyList<string> Tasks { get; }

    public string DataHash { get; }

    // Half the patients test: the balanced draw needs 100 normal series, and one in four is normal.
    public SeriesSplit Split { get; } = new(30, 20, 50);

    public PartLimits Limits => PartLimits.None;

    public PartLimits QuickLimits { get; } = new(100, 80, null);

    public bool ReportsSources => false;

    public int? BalancedDraw => 100;

    // The rules know a series by itself; a flag is a place on the lab test's own scale.
    public bool ScalesEachSeries(string task) => task is not (Flags or UnionOrFlag);

    public BenchmarkData Cut(string task, SeriesSplit split, int seed)
    {
        Patient[] drawn = [.. _patients];
        new Random(seed).Shuffle(drawn);
        (int validation, int test) = split.Cuts(drawn.Length);
        LabeledSeries[] Part(Patient[] patients) => [.. patients.OrderBy(patient => patient.Id, StringComparer.Ordinal).SelectMany(patient => patient.Series)
            .Select(series => new LabeledSeries(series.Values, Labels(series, task)) { Group = series.LabTest, Source = series.Patient, Times = series.Days })];
        LabeledSeries[] training = Part(drawn[..validation]);
        return new BenchmarkData(training, training, 0, Part(drawn[validation..test]), Part(drawn[test..])) { LabelsPoints = task == Flags };
    }

    private static bool[] Labels(LabSeries series, string task) => task switch
    {
        Flags => series.Flags,
        Union => [series.Rules.Contains(true)],
        UnionOrFlag => [series.Rules.Contains(true) || series.Flags.Contains(true)],
        _ => [series.Rules[Array.IndexOf(Rules, task)]],
    };

    private static Patient[] Read(MLContext ml, InputTable table, string timeColumn, string valueColumn, string? flagColumn)
    {
        int patient = table.Column("subject_id"), labTest = table.Column("itemid"), time = table.Column(timeColumn), value = table.Column(valueColumn);
        int flag = flagColumn is null ? -1 : table.Column(flagColumn);
        // A result that is text has no number, and is no reading.
        LabResult[] results = [.. table.Rows.Where(row => !Cell.IsMissing(row.Cells[value])).Select(row => new LabResult(
            row.Cells[patient], row.Cells[labTest], table.Time(row, time), table.Number(row, value), flag >= 0 && row.Cells[flag] == Abnormal))];
        var common = results.CountBy(result => result.LabTest).OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal)
            .Take(LabTests).Select(count => count.Key).ToHashSet(StringComparer.Ordinal);
        LabSeries[] series = [.. results.Where(result => common.Contains(result.LabTest)).GroupBy(result => (result.Patient, result.LabTest))
            .OrderBy(one => one.Key.Patient, StringComparer.Ordinal).ThenBy(one => one.Key.LabTest, StringComparer.Ordinal)
            .Select(one => LabSeries.Of([.. one.OrderBy(result => result.Time).TakeLast(LongestSeries)]))];
        var rows = ml.Data.LoadFromEnumerable(series);
        var labelled = ml.Transforms.LabelContextAnomalies("IsContextAnomaly", nameof(LabSeries.Values)).Fit(rows).Transform(rows);
        foreach ((LabSeries one, Findings findings) in series.Zip(ml.Data.CreateEnumerable<Findings>(labelled, reuseRowObject: false)))
            one.Rules = findings.ContextAnomalies;
        return [.. series.GroupBy(one => one.Patient).Select(one => new Patient(one.Key, [.. one]))];
    }

    private sealed record Patient(string Id, LabSeries[] Series);

    private readonly record struct LabResult(string Patient, string LabTest, DateTime Time, float Value, bool IsFlagged);

    private sealed class LabSeries
    {
        public string Patient { get; set; } = "";

        public string LabTest { get; set; } = "";

        public float[] Values { get; set; } = [];

        public bool[] Flags { get; set; } = [];

        public bool[] Rules { get; set; } = [];

        public double[] Days { get; set; } = [];

        public static LabSeries Of(LabResult[] results) => new()
        {
            Patient = results[0].Patient,
            LabTest = results[0].LabTest,
            Values = Array.ConvertAll(results, result => result.Value),
            Flags = Array.ConvertAll(results, result => result.IsFlagged),
            Days = Array.ConvertAll(results, result => (result.Time - results[0].Time).TotalDays),
        };
    }

    private sealed class Findings
    {
        public bool[] ContextAnomalies { get; set; } = [];
    }
}
