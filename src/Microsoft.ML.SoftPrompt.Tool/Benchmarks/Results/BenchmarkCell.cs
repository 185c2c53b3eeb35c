using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;

/// <summary>One method, trained with one seed and scored on the test part of one task: a line of the results file.</summary>
internal sealed record BenchmarkCell
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    public required string Set { get; init; }

    public required string Task { get; init; }

    public required string Method { get; init; }

    /// <summary>Gets what tells cells of one method apart: its settings, split and limits.</summary>
    public required SortedDictionary<string, string> Settings { get; init; }

    public required int Seed { get; init; }

    /// <summary>Gets whether a quick run made it, whose cells are never reported beside others.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Gets the set and task that it was trained on where that is another one.</summary>
    public string? TrainedOn { get; init; }

    /// <summary>Gets the product's version.</summary>
    public required string Version { get; init; }

    /// <summary>Gets the start of the hash of the data.</summary>
    public required string DataHash { get; init; }

    public required string Machine { get; init; }

    /// <summary>Gets the command that made it.</summary>
    public required string Command { get; init; }

    public required DateTime Finished { get; init; }

    public required PartCounts Training { get; init; }

    /// <summary>Gets how many of the training series are synthetic.</summary>
    public int Synthetic { get; init; }

    public required PartCounts Validation { get; init; }

    /// <summary>Gets the threshold on the scores: the best F1 on the validation part, or on the training part where that has one class.</summary>
    public required double Threshold { get; init; }

    public required string ThresholdFrom { get; init; }

    /// <summary>Gets the average precision on the validation part; null where it has one class.</summary>
    public double? ValidationAveragePrecision { get; init; }

    /// <summary>Gets the metrics on the test part, as it is.</summary>
    public required CellMetrics Test { get; init; }

    /// <summary>Gets the metrics on as many anomalous as normal series of it, drawn by the seed, at the same threshold.</summary>
    public CellMetrics? Balanced { get; init; }

    /// <summary>Gets the metrics by stream or file.</summary>
    public IReadOnlyList<SourceMetrics>? Sources { get; init; }

    /// <summary>Gets SPEAR's kept epoch, from 1.</summary>
    public int? Epoch { get; init; }

    /// <summary>Gets what each of SPEAR's epochs came to.</summary>
    public IReadOnlyList<TrainingEpoch>? History { get; init; }

    /// <summary>Gets the bytes of what was trained, in single precision, where the method has a fixed number of parameters.</summary>
    public long? TrainedBytes { get; init; }

    public required double FitSeconds { get; init; }

    public required double ScoreSeconds { get; init; }

    /// <summary>Gets the test scores, in the data's order.</summary>
    public required double[] Scores { get; init; }

    /// <summary>Gets the test labels, a digit each.</summary>
    public required string Labels { get; init; }

    /// <summary>Gets the sources (patient, file, stream) of the test scores, and of how many in a row: what a bootstrap draws.</summary>
    public required IReadOnlyList<SourceRun> Runs { get; init; }

    /// <summary>Gets what names the cell: two with the same are one cell.</summary>
    [JsonIgnore]
    public string Key => KeyOf(Set, Task, Method, Settings, Seed, TrainedOn, IsQuick, Version, DataHash);

    /// <summary>Gets the settings as tables name them.</summary>
    [JsonIgnore]
    public string SettingsText => Text(Settings);

    public static string KeyOf(string set, string task, string method, SortedDictionary<string, string> settings, int seed, string? trainedOn, bool isQuick, string version, string dataHash) =>
        string.Join('|', set, task, method, Text(settings), seed.ToString(CultureInfo.InvariantCulture), trainedOn ?? "", isQuick ? "quick" : "", version, dataHash);

    public string ToLine() => JsonSerializer.Serialize(this, Json);

    /// <exception cref="JsonException">The line is no cell.</exception>
    public static BenchmarkCell Parse(string line)
    {
        BenchmarkCell cell = JsonSerializer.Deserialize<BenchmarkCell>(line, Json) ?? throw new JsonException("null is no cell.");
        // What stands within lists and dictionaries the serializer does not look at.
        if (cell.Runs.Contains(null!) || cell.Sources?.Contains(null!) == true || cell.History?.Contains(null!) == true || cell.Settings.ContainsValue(null!))
            throw new JsonException("there is a null in a list.");
        if (cell.Runs.FirstOrDefault(run => run.Count < 1) is { } empty)
            throw new JsonException($"the source {empty.Source} has {empty.Count} scores; expected at least 1.");
        if (cell.Labels.AsSpan().ContainsAnyExcept('0', '1'))
            throw new JsonException("the labels are not of the digits 0 and 1 alone.");
        if (!cell.Scores.Append(cell.Threshold).All(double.IsFinite))
            throw new JsonException("a score or the threshold is not finite.");
        if (cell.Scores.Length != cell.Labels.Length || cell.Runs.Sum(run => (long)run.Count) != cell.Scores.Length)
            throw new JsonException($"{cell.Scores.Length} scores, {cell.Labels.Length} labels and {cell.Runs.Sum(run => (long)run.Count)} sources do not belong together.");
        return cell;
    }

    /// <summary>The source of every score.</summary>
    public string[] SourceOfEach() => [.. Runs.SelectMany(run => Enumerable.Repeat(run.Source, run.Count))];

    /// <summary>The label of every score.</summary>
    public bool[] LabelOfEach() => [.. Labels.Select(label => label == '1')];

    /// <summary>The area under the ROC curve over the pairs of the same source; null where no source has both classes.</summary>
    public double? AurocWithinSources() => CellMetrics.Finite(RankMetrics.AreaUnderRocWithinGroups(Scores, LabelOfEach(), SourceOfEach()));

    private static string Text(SortedDictionary<string, string> settings) => string.Join(' ', settings.Select(pair => $"{pair.Key}={pair.Value}"));
}

/// <summary>How many items a part has: series, or values where those are labelled.</summary>
internal sealed record PartCounts(int Series, int Items, int Anomalous)
{
    public static PartCounts Of(IReadOnlyList<LabeledSeries> part) =>
        new(part.Count, part.Sum(series => series.Labels.Length), part.Sum(series => series.Labels.Span.Count(true)));
}

/// <summary>The metrics of a part at the threshold; those that rank are null where a class is absent.</summary>
internal sealed record CellMetrics(int TruePositives, int FalsePositives, int TrueNegatives, int FalseNegatives,
    double Accuracy, double F1, double Recall, double Precision, double? Auroc, double? AveragePrecision)
{
    public static CellMetrics Of(BinaryMetrics metrics) => new(metrics.TruePositives, metrics.FalsePositives, metrics.TrueNegatives, metrics.FalseNegatives,
        metrics.Accuracy, metrics.F1, metrics.Recall, metrics.Precision, Finite(metrics.AreaUnderRoc), Finite(metrics.AveragePrecision));

    public static double? Finite(double value) => double.IsNaN(value) ? null : value;
}

/// <summary>The metrics of a source's items.</summary>
internal sealed record SourceMetrics(string Source, CellMetrics Metrics);

/// <summary>So many items in a row of one source.</summary>
internal sealed record SourceRun(string Source, int Count);
