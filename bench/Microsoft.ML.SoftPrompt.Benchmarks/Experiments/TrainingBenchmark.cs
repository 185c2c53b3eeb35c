namespace Microsoft.ML.SoftPrompt.Benchmarks.Experiments;

/// <summary>
/// What a trained prompt is worth: trainings with several seeds of a trained prompt, of one left at its initial rows, and of none, with the
/// same head and epochs, on labelled public data. Each training appends a line to a file; what stands there already is not done again.
/// </summary>
internal static class TrainingBenchmark
{
    public static int Run(string[] arguments)
    {
        string folder = "../shared/data", file = "training.jsonl";
        string? backbone = null;
        List<string> names = [];
        Arm[] arms = Enum.GetValues<Arm>();
        int[] seeds = [1, 2, 3, 4, 5];
        SortedDictionary<string, string> settings = new(StringComparer.Ordinal);
        for (int i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                names.Add(arguments[i]);
                continue;
            }
            string value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value.");
            switch (arguments[i++])
            {
                case "--data":
                    folder = value;
                    break;
                case "--results":
                    file = value;
                    break;
                case "--backbone":
                    backbone = value;
                    break;
                case "--arms":
                    arms = [.. value.Split(',').Select(name => Enum.Parse<Arm>(name, ignoreCase: true))];
                    break;
                case "--seeds":
                    seeds = [.. value.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
                    break;
                case "--set" when value.Split('=', 2) is [var name, var set]:
                    settings[name] = set;
                    break;
                default:
                    throw new ArgumentException($"There is no option {arguments[i - 1]} {value}.");
            }
        }

        var ml = new MLContext(seed: 1);
        var results = ExperimentResult.ReadAll(file);
        foreach (string name in names)
        {
            var data = results.Where(result => result.Data == name).Select(result => result.Seed).Union(seeds).Order()
                .ToDictionary(seed => seed, seed => ExperimentData.Read(ml, name, folder, seed));
            foreach (int seed in seeds)
            {
                var experiment = new Experiment(data[seed], settings, backbone);
                foreach (Arm arm in arms)
                {
                    if (results.Any(result => result.IsOf(experiment) && result.Arm == arm && result.Seed == seed))
                        continue;
                    var done = experiment.Run(ml, arm, seed);
                    done.AppendTo(file);
                    results.Add(done);
                    Console.Error.WriteLine($"{name}, {experiment.Name}, {arm}, seed {seed}: {done.Seconds:F0} s");
                }
            }
            if (data.Count > 0)
                ResultsTable.Write(data, [.. results.Where(result => result.Data == name)]);
        }
        return 0;
    }
}
