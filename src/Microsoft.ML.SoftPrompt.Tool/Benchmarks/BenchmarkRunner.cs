using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks;

/// <summary>Does trainings, and gives the cells of each; the data of the task and seed at hand are kept.</summary>
internal sealed class BenchmarkRunner(string command)
{
    /// <summary>Gets the product's version, without what a build adds.</summary>
    public static string Version { get; } = typeof(BenchmarkRunner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Gets what it runs on.</summary>
    public static string Machine => $"{Scheduler.MaxThreads} of {Environment.ProcessorCount} processors ({Processor()}), {RuntimeInformation.OSDescription}, .NET {Environment.Version}";

    private readonly Dictionary<(BenchmarkTask Task, int Seed), BenchmarkData> _data = [];

    /// <summary>The parts of a task.</summary>
    public BenchmarkData Data(BenchmarkTask task, int seed)
    {
        if (_data.TryGetValue((task, seed), out BenchmarkData? data))
            return data;
        // Of other seeds nothing is needed again: trainings come seed by seed.
        foreach ((BenchmarkTask Task, int Seed) old in _data.Keys.Where(key => key.Seed != seed).ToArray())
            _data.Remove(old);
        data = task.Cut(seed);
        foreach ((string part, int count) in new[] { ("training", data.Training.Count), ("test", data.Test.Count) })
        {
            if (count == 0)
                throw new ToolException($"{task.Name}, seed {seed}: with split {task.Split} and limit {task.Limits} there is no series for the {part}. Choose another --split or --limit.");
        }
        return _data[(task, seed)] = data;
    }

    /// <summary>Trains once, and scores the targets.</summary>
    public IEnumerable<BenchmarkCell> Run(BenchmarkUnit unit, IReadOnlyList<BenchmarkTask> targets, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        BenchmarkData own = Data(unit.Task, unit.Seed);
        long start = Stopwatch.GetTimestamp();
        IAnomalyMethod method = unit.Method.Create(progress);
        IAnomalyScorer scorer = method.Fit(unit.Method.LearnsClasses ? own.Balanced : own.Training, own.Validation, unit.Seed, cancellation);
        double fitted = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (BenchmarkTask target in targets)
        {
            BenchmarkData data = Data(target, unit.Seed);
            start = Stopwatch.GetTimestamp();
            IAnomalyScorer there = target == unit.Task ? scorer : ((SpearMethod)method).Transfer((SpearScorer)scorer, data.Training, target.Set.ScalesEachSeries(target.Task));
            Judgement judgement = Judgement.Of(there, data, cancellation);
            SoftPromptModelParameters? model = (scorer as SpearScorer)?.Model;
            yield return new BenchmarkCell
            {
                Set = target.Set.Name,
                Task = target.Task,
                Method = unit.Method.Key,
                Settings = unit.Settings(target),
                Seed = unit.Seed,
                TrainedOn = unit.TrainedOn(target),
                Version = Version,
                DataHash = target.Set.DataHash,
                Machine = Machine,
                IsQuick = unit.IsQuick,
                Command = command,
                Finished = DateTime.UtcNow,
                Training = PartCounts.Of(unit.Method.LearnsClasses ? own.Balanced : own.Training),
                Synthetic = unit.Method.LearnsClasses ? own.Synthetic : 0,
                Validation = PartCounts.Of(data.Validation),
                Threshold = judgement.Threshold,
                ThresholdFrom = judgement.ThresholdFrom,
                ValidationAveragePrecision = judgement.ValidationAveragePrecision,
                Test = judgement.Whole(),
                Balanced = target.Set.BalancedDraw is { } ofEach && !data.LabelsPoints ? judgement.BalancedDraw(ofEach, unit.Seed) : null,
                Sources = target.Set.ReportsSources ? judgement.BySource() : null,
                Epoch = model?.BestEpoch ?? (scorer as FittedLstm)?.BestEpoch,
                History = target == unit.Task ? model?.TrainingHistory ?? (scorer as FittedLstm)?.History : null,
                TrainedBytes = model is null ? unit.Method.TrainedBytes : sizeof(float) * ((long)model.Prompt.Length + model.HeadWeights.Length + 1),
                FitSeconds = Math.Round(fitted, 3),
                ScoreSeconds = Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 3),
                Scores = judgement.Scores,
                Labels = string.Concat(judgement.Labels.Select(label => label ? '1' : '0')),
                Runs = RunsOf(judgement.Sources),
            };
        }
    }

    private static List<SourceRun> RunsOf(string[] sources)
    {
        var runs = new List<SourceRun>();
        foreach (string source in sources)
        {
            if (runs.Count > 0 && runs[^1].Source == source)
                runs[^1] = runs[^1] with { Count = runs[^1].Count + 1 };
            else
                runs.Add(new SourceRun(source, 1));
        }
        return runs;
    }

    /// <summary>The processor's name where the system tells it.</summary>
    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        string? line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
