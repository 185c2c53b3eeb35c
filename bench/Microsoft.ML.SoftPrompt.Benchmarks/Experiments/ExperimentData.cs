namespace Microsoft.ML.SoftPrompt.Benchmarks.Experiments;

/// <summary>The rows of an experiment, in three parts of which no two share a source or a reading.</summary>
/// <param name="Name">What the results call it.</param>
/// <param name="ByGroup">Whether each group has a scale of its own; otherwise each series has.</param>
internal sealed record ExperimentData(string Name, bool ByGroup, SeriesRow[] Train, SeriesRow[] Validation, SeriesRow[] Test)
{
    /// <param name="seed">Draws who belongs to which part, where that is not a matter of time.</param>
    public static ExperimentData Read(MLContext ml, string name, string folder, int seed) => name switch
    {
        "mimic" => MimicData.Read(ml, Path.Combine(folder, "mimic"), seed),
        "nab" => NabData.Read(ml, Path.Combine(folder, "nab")),
        _ => throw new ArgumentException($"There is no data set '{name}'; expected mimic or nab."),
    };

    public override string ToString() => $"{Name}: " + string.Join(", ", new[] { ("training", Train), ("validation", Validation), ("test", Test) }
        .Select(part => $"{part.Item2.Length} series for {part.Item1} ({part.Item2.Count(row => row.Label)} anomalous)"));
}
