using System.Globalization;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks;

/// <summary>A task of a set, cut and drawn in one way.</summary>
internal sealed record BenchmarkTask(IBenchmarkSet Set, string Task, SeriesSplit Split, PartLimits Limits)
{
    public string Name => $"{Set.Name} {Task}";

    public BenchmarkData Cut(int seed) => Limits.Draw(Set.Cut(Task, Split, seed), seed);
}

/// <summary>A training, and what it is tried on: its own task's test part and, as a transfer, those of other sets.</summary>
internal sealed record BenchmarkUnit(BenchmarkTask Task, BenchmarkMethod Method, int Seed, IReadOnlyList<BenchmarkTask> Transfers)
{
    /// <summary>Whether it belongs to a quick run.</summary>
    public bool IsQuick { get; init; }

    public IEnumerable<BenchmarkTask> Targets => [Task, .. Transfers];

    public string? TrainedOn(BenchmarkTask target) => target == Task ? null : Task.Name;

    /// <summary>What tells the cell of a target from others of the same task and method.</summary>
    public SortedDictionary<string, string> Settings(BenchmarkTask target)
    {
        var settings = new SortedDictionary<string, string>(Method.Settings, StringComparer.Ordinal) { ["split"] = target.Split.ToString(), ["limit"] = target.Limits.ToString() };
        // A transfer is another one when it was trained on other series.
        if (target != Task)
            (settings["trainedSplit"], settings["trainedLimit"], settings["trainedData"]) = (Task.Split.ToString(), Task.Limits.ToString(), Task.Set.DataHash);
        return settings;
    }

    public string Key(BenchmarkTask target, string version) =>
        BenchmarkCell.KeyOf(target.Set.Name, target.Task, Method.Key, Settings(target), Seed, TrainedOn(target), IsQuick, version, target.Set.DataHash);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Task.Name}, {Method.Key}{Varied}, seed {Seed}");

    private string Varied => Method.Spear is { } spear ? string.Create(CultureInfo.InvariantCulture, $" ({spear.Backbone}, {(spear.Prompt == SpearPrompt.None ? "" : $"{spear.PromptLength} rows, ")}{spear.BinCount} bins)") : "";
}
