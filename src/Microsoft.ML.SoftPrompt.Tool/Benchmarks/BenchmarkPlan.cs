using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks;

/// <summary>What a run was asked for.</summary>
internal sealed record BenchmarkRequest
{
    public bool Quick { get; init; }

    /// <summary>Gets the tasks, by name; null for all.</summary>
    public IReadOnlyList<string>? Tasks { get; init; }

    /// <summary>Gets the methods, by key; null for all.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    public IReadOnlyList<int>? Seeds { get; init; }

    /// <summary>Gets the lengths of the prompt to try besides the default one.</summary>
    public IReadOnlyList<int> PromptLengths { get; init; } = [10, 20, 30];

    /// <summary>Gets the numbers of bins to try besides the default one.</summary>
    public IReadOnlyList<int> Bins { get; init; } = [50, 100, 200, 500];

    public int? Epochs { get; init; }

    public SeriesSplit? Split { get; init; }

    public PartLimits? Limits { get; init; }

    /// <summary>Gets a language model in MiniLM's place.</summary>
    public string? Backbone { get; init; }

    /// <summary>Gets a decoder to compare MiniLM with.</summary>
    public string? Decoder { get; init; }

    public IReadOnlyDictionary<string, string> Set { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets whether a trained prompt is tried on the other sets as well.</summary>
    public bool Transfer { get; init; } = true;
}

/// <summary>
/// The trainings of a run, in the order in which they are done: seed by seed, so that what is finished of an interrupted run can be
/// compared. Settings are varied one at a time around the default, on a set's first task.
/// </summary>
internal static class BenchmarkPlan
{
    // The paper's accuracy gains come in the first 10 to 20 epochs; its LSTM has 10.
    public const int DefaultPromptLength = 20, DefaultBins = 100, DefaultEpochs = 10;

    private const int QuickEpochs = 3;
    private static readonly int[] DefaultSeeds = [1, 2, 3, 4, 5], QuickSeeds = [1, 2];

    /// <param name="sets">The sets of the run.</param>
    /// <param name="otherSets">What a trained prompt is tried on besides, with its first task.</param>
    /// <param name="methods">Methods besides SPEAR.</param>
    public static IReadOnlyList<BenchmarkUnit> Of(MLContext ml, BenchmarkRequest request, IReadOnlyList<IBenchmarkSet> sets, IReadOnlyList<IBenchmarkSet> otherSets, IReadOnlyList<BenchmarkMethod> methods)
    {
        CheckTasks(request, sets);
        CheckMethods(request, methods);
        int[] seeds = [.. request.Seeds ?? (request.Quick ? QuickSeeds : DefaultSeeds)];
        BenchmarkTask TaskOf(IBenchmarkSet set, string task, bool asked) =>
            new(set, task, asked && request.Split is { } split ? split : set.Split, asked && request.Limits is { } limits ? limits : request.Quick ? set.QuickLimits : set.Limits);

        var units = new List<BenchmarkUnit>();
        foreach (int seed in seeds)
        {
            // Language models, the slowest to answer, are asked on first tasks alone. A quick run has one seed of all but the first
            // task's methods, and varies settings on the first set alone.
            bool whole = !request.Quick || seed == seeds[0];
            foreach (IBenchmarkSet set in sets)
            {
                foreach (string task in set.Tasks.Where(task => request.Tasks?.Contains(task) ?? (whole || task == set.Tasks[0])))
                {
                    BenchmarkTask here = TaskOf(set, task, asked: true);
                    bool first = task == set.Tasks[0];
                    BenchmarkTask[] transfers = first && request.Transfer && whole ? [.. otherSets.Select(other => TaskOf(other, other.Tasks[0], asked: false))] : [];
                    BenchmarkMethod[] others = [.. methods.Where(method => first || !method.IsAsked)];
                    foreach (BenchmarkMethod method in Methods(ml, request, here, others, vary: first && whole && (!request.Quick || set == sets[0])))
                    {
                        bool isDefault = method.Key == BenchmarkMethod.SpearKey && method.Spear is { PromptLength: DefaultPromptLength, BinCount: DefaultBins } spear && spear.BackbonePath == request.Backbone;
                        units.Add(new BenchmarkUnit(here, method, seed, isDefault ? transfers : []) { IsQuick = request.Quick });
                    }
                }
            }
        }
        return units;
    }

    private static IEnumerable<BenchmarkMethod> Methods(MLContext ml, BenchmarkRequest request, BenchmarkTask task, IReadOnlyList<BenchmarkMethod> others, bool vary)
    {
        BenchmarkMethod Spear(SpearPrompt prompt, int promptLength = DefaultPromptLength, int bins = DefaultBins, string? backbone = null) => BenchmarkMethod.Of(ml, new SpearSettings(
            prompt, promptLength, bins, request.Epochs ?? (request.Quick ? QuickEpochs : DefaultEpochs), backbone ?? request.Backbone, task.Set.ScalesEachSeries(task.Task), request.Set));

        // Where SPEAR scales each series by itself, the paper's baseline is tried so as well.
        IEnumerable<BenchmarkMethod> scaled = task.Set.ScalesEachSeries(task.Task) ? others.Where(method => method.Key == BenchmarkMethod.LstmKey).Select(method => method.ScaledBySeries()) : [];
        // What takes seconds first.
        List<BenchmarkMethod> all = [.. others, .. scaled, Spear(SpearPrompt.None), Spear(SpearPrompt.Untrained), Spear(SpearPrompt.Trained)];
        if (vary)
        {
            all.AddRange(request.PromptLengths.Where(length => length != DefaultPromptLength).Select(length => Spear(SpearPrompt.Trained, promptLength: length)));
            all.AddRange(request.Bins.Where(bins => bins != DefaultBins).Select(bins => Spear(SpearPrompt.Trained, bins: bins)));
        }
        if (request.Decoder is not null && vary)
            all.AddRange([Spear(SpearPrompt.None, backbone: request.Decoder), Spear(SpearPrompt.Trained, backbone: request.Decoder)]);
        return all.Where(method => request.Methods?.Contains(method.Key) ?? true);
    }

    private static void CheckTasks(BenchmarkRequest request, IReadOnlyList<IBenchmarkSet> sets)
    {
        if (request.Tasks?.FirstOrDefault(task => !sets.Any(set => set.Tasks.Contains(task))) is { } unknown)
            throw new ToolException($"--tasks names '{unknown}'; there are {string.Join(", ", sets.SelectMany(set => set.Tasks).Distinct())}.");
    }

    private static void CheckMethods(BenchmarkRequest request, IReadOnlyList<BenchmarkMethod> methods)
    {
        string[] keys = [BenchmarkMethod.SpearKey, BenchmarkMethod.UntrainedKey, BenchmarkMethod.NoneKey, .. methods.Select(method => method.Key)];
        if (request.Methods?.FirstOrDefault(method => !keys.Contains(method)) is { } unknown)
            throw new ToolException($"--methods names '{unknown}'; there are {string.Join(", ", keys)}.");
    }
}
