using System.Globalization;
using System.Diagnostics;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;
using Microsoft.ML.SoftPrompt.Tool.Output;
using Spectre.Console;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks;

/// <summary>Goes through a plan: says what is to be done and how long it takes, does it, and keeps every cell in the results file.</summary>
/// <param name="command">The command line, which every cell keeps.</param>
/// <param name="path">The results file.</param>
internal sealed class BenchmarkRun(MLContext ml, ToolConsole console, string command, string path, CancellationToken cancellation)
{
    private const double TellingSeconds = 20;

    private readonly BenchmarkRunner _runner = new(command);

    /// <summary>Gets how many trainings failed, each with a warning.</summary>
    public int FailedTrainings { get; private set; }

    /// <summary>Does what the file does not hold yet.</summary>
    /// <param name="plan">The trainings, in their order.</param>
    /// <param name="shard">Which of them are this process's.</param>
    /// <returns>The plan's cells that the file holds in the end, those of other processes too.</returns>
    public IReadOnlyList<BenchmarkCell> Run(IReadOnlyList<BenchmarkUnit> plan, Shard shard)
    {
        Do(plan, shard);
        var keys = plan.SelectMany(unit => unit.Targets.Select(target => unit.Key(target, BenchmarkRunner.Version))).ToHashSet(StringComparer.Ordinal);
        return [.. ResultsFile.Read(path, console).Where(cell => keys.Contains(cell.Key)).GroupBy(cell => cell.Key).Select(cells => cells.Last())];
    }

    private void Do(IReadOnlyList<BenchmarkUnit> plan, Shard shard)
    {
        IReadOnlyList<BenchmarkCell> known = ResultsFile.Read(path, console);
        Dictionary<string, BenchmarkCell> done = known.GroupBy(cell => cell.Key).ToDictionary(cells => cells.Key, cells => cells.Last());
        (BenchmarkUnit Unit, BenchmarkTask[] Targets)[] own = [.. shard.Of(plan).Select(unit => (unit, unit.Targets.ToArray()))];
        (BenchmarkUnit Unit, BenchmarkTask[] Targets)[] pending = [.. own
            .Select(one => (one.Unit, Targets: one.Targets.Where(target => !done.ContainsKey(one.Unit.Key(target, BenchmarkRunner.Version))).ToArray())).Where(one => one.Targets.Length > 0)];
        int cells = own.Sum(one => one.Targets.Length), left = pending.Sum(one => one.Targets.Length);
        SayOthers(known, own);
        console.Output.WriteLine($"{Numbers.Count(cells, "cell", "cells")}{(shard.IsWhole ? "" : $" in shard {shard}")}, {Numbers.Count(cells - left)} of them in {path} already");
        if (left == 0)
            return;

        ResultsFile.CheckWritable(path);
        Dictionary<BenchmarkUnit, double> expected = Expect(pending);
        double expectedLeft = expected.Values.Sum(), expectedDone = 0, spent = 0;
        int finished = cells - left;
        foreach ((BenchmarkUnit unit, BenchmarkTask[] targets) in pending)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            bool appends = false;
            try
            {
                foreach (BenchmarkCell cell in _runner.Run(unit, targets, new UnitProgress(console, unit.ToString()), cancellation))
                {
                    appends = true;
                    ResultsFile.Append(path, cell);
                    appends = false;
                    finished++;
                    double part = Stopwatch.GetElapsedTime(start).TotalSeconds;
                    double remaining = (expectedLeft - expected[unit]) * Pace(spent + part, expectedDone + expected[unit]);
                    console.Error.WriteLine($"{finished}/{cells}  {Describe(unit, cell)}: AP {Numbers.Metric(cell.Test.AveragePrecision)}, AUROC {Numbers.Metric(cell.Test.Auroc)}; "
                        + $"{Numbers.Duration(TimeSpan.FromSeconds(part))}, about {Numbers.Duration(TimeSpan.FromSeconds(remaining))} left");
                }
            }
            // As the length of a series is no score of a value.
            catch (NotSupportedException fault)
            {
                console.Warn($"{unit}: left out. {fault.Message}");
            }
            // One method that cannot do with a part of the data keeps no other from its hours.
            catch (Exception fault) when (fault is ArgumentException or InvalidOperationException || fault is ToolException && !appends)
            {
                FailedTrainings++;
                console.Warn($"{unit}: failed. {Faults.Message(fault)}");
            }
            catch (OperationCanceledException)
            {
                console.Error.WriteLine($"{Numbers.Count(finished, "cell is", "cells are")} in {path}; the same command goes on from there.");
                throw;
            }
            spent += Stopwatch.GetElapsedTime(start).TotalSeconds;
            expectedDone += expected[unit];
            expectedLeft -= expected[unit];
        }
    }

    private static string Describe(BenchmarkUnit unit, BenchmarkCell cell) => cell.TrainedOn is null ? unit.ToString() : $"{unit} tried on {cell.Set} {cell.Task}";

    // What was spent against what was expected so far, once that says something: the measurement is short, and other work may share the machine.
    private static double Pace(double spent, double expected) => expected > TellingSeconds ? spent / expected : 1;

    /// <summary>Cells of another version, or of other data, are not counted; that is said.</summary>
    private void SayOthers(IReadOnlyList<BenchmarkCell> known, (BenchmarkUnit Unit, BenchmarkTask[] Targets)[] own)
    {
        var hashes = own.SelectMany(one => one.Targets).Select(target => (target.Set.Name, target.Set.DataHash)).Distinct().ToDictionary();
        foreach (var others in known.Where(cell => hashes.TryGetValue(cell.Set, out string? hash) && (cell.Version != BenchmarkRunner.Version || cell.DataHash != hash)).GroupBy(cell => (cell.Version, cell.Set, cell.DataHash)))
            console.Warn($"{path} holds {Numbers.Count(others.Count(), "cell", "cells")} of {others.Key.Set} by version {others.Key.Version} on the data {others.Key.DataHash}; this is {BenchmarkRunner.Version} on {hashes[others.Key.Set]}, "
                + "and they do not count as done.");
    }

    /// <summary>Says what there is to do, and measures how long it takes.</summary>
    private Dictionary<BenchmarkUnit, double> Expect(IReadOnlyList<(BenchmarkUnit Unit, BenchmarkTask[] Targets)> pending)
    {
        BenchmarkUnit[] units = [.. pending.Select(one => one.Unit)];
        long start = Stopwatch.GetTimestamp();
        var trials = new Dictionary<(string Set, string Method, string Settings), BenchmarkTrial>();
        var expected = new Dictionary<BenchmarkUnit, double>();
        StepDisplay.Run(console, step =>
        {
            step("measuring how long each method takes here");
            foreach ((BenchmarkUnit unit, BenchmarkTask[] targets) in pending)
            {
                cancellation.ThrowIfCancellationRequested();
                // What a series costs does not depend on its labels: one measurement serves all tasks of a set.
                var key = (unit.Task.Set.Name, unit.Method.Key, string.Join(' ', unit.Method.Settings));
                // The parts of the first seed stand for those of the others.
                BenchmarkData data = _runner.Data(unit.Task, units[0].Seed);
                if (!trials.TryGetValue(key, out BenchmarkTrial? trial))
                {
                    try
                    {
                        trial = trials[key] = BenchmarkTrial.Measure(ml, unit.Method, data, cancellation);
                    }
                    // What it is, the training itself says.
                    catch (Exception fault) when (fault is NotSupportedException or ArgumentException or InvalidOperationException or ToolException)
                    {
                        expected[unit] = 0;
                        continue;
                    }
                }
                expected[unit] = trial.Expect(unit.Method, data) + targets.Where(target => target != unit.Task).Sum(target => trial.ExpectTransfer(unit.Method, data, _runner.Data(target, units[0].Seed)));
            }
        });
        var table = new Table { Border = TableBorder.Simple };
        foreach (string name in new[] { "set", "method" })
            table.AddColumn(name);
        foreach (string name in new[] { "tasks", "training series", "epochs", "seeds", "settings", "about" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var rows in units.GroupBy(unit => (Set: unit.Task.Set.Name, unit.Method.Key)))
        {
            BenchmarkUnit first = rows.First();
            int[] series = [.. rows.Select(unit => unit.Task).Distinct().Select(task => _runner.Data(task, units[0].Seed)).Select(data => first.Method.LearnsClasses ? data.Balanced.Count : data.Training.Count)];
            int Different<T>(Func<BenchmarkUnit, T> what) => rows.Select(what).Distinct().Count();
            table.AddRow(Markup.Escape(rows.Key.Set), Markup.Escape(rows.Key.Key), Numbers.Count(Different(unit => unit.Task)),
                series.Min() == series.Max() ? Numbers.Count(series.Min()) : $"{Numbers.Count(series.Min())} to {Numbers.Count(series.Max())}",
                first.Method.Settings.GetValueOrDefault("epochs", ""), Numbers.Count(Different(unit => unit.Seed)),
                Numbers.Count(Different(unit => string.Join(' ', unit.Method.Settings))), Numbers.Duration(TimeSpan.FromSeconds(rows.Sum(unit => expected[unit]))));
        }
        console.Tables.Write(table);
        console.Output.WriteLine($"about {Numbers.Duration(TimeSpan.FromSeconds(expected.Values.Sum()))} in all, from {Numbers.Duration(Stopwatch.GetElapsedTime(start))} of measuring on {BenchmarkRunner.Machine}");
        return expected;
    }

    /// <summary>Of a training that takes its time: the terminal's last line, or a line a minute elsewhere.</summary>
    private sealed class UnitProgress(ToolConsole console, string unit) : IProgress<TrainingProgress>
    {
        private static readonly TimeSpan LineInterval = TimeSpan.FromMinutes(1);

        private long _said = Stopwatch.GetTimestamp();

        public void Report(TrainingProgress value)
        {
            if (!console.ErrorIsTerminal && Stopwatch.GetElapsedTime(_said) < LineInterval)
                return;
            _said = Stopwatch.GetTimestamp();
            string line = string.Create(CultureInfo.InvariantCulture, $"{unit}: epoch {value.Epoch}/{value.Epochs}, loss {value.Loss:0.000}, {value.SeriesPerSecond:0} series/s, {Numbers.Duration(value.EstimatedRemaining)} left of this training");
            if (console.ErrorIsTerminal)
                console.Error.Write($"\r{line}\u001b[K\r");
            else
                console.Error.WriteLine(line);
        }
    }
}
