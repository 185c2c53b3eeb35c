using System.Globalization;
using System.Text;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;

/// <summary>
/// The tables of results, in Markdown. A page has them between two marks; what stands outside of those is written by hand, and stays.
/// </summary>
internal sealed class ResultsPage
{
    private const string Begin = "<!-- begin: written by softprompt benchmark report -->", End = "<!-- end: written by softprompt benchmark report -->";

    // Of each class, as the paper drew.
    private const int BalancedDraw = 100;

    // The place in a table of methods that are not SPEAR: behind it and its ablations, before it with another setting.
    private const int Others = 2;

    private readonly IReadOnlyList<BenchmarkCell> _cells;
    private readonly StringBuilder _text = new();
    private readonly List<ResultsFigure> _figures = [];
    private readonly Dictionary<(string Set, string Task), (string Split, string Limit)> _firstOf = [];

    private ResultsPage(IReadOnlyList<BenchmarkCell> cells) => _cells = cells;

    /// <summary>All that can be said of cells, and the pictures that it refers to.</summary>
    public static (string Text, IReadOnlyList<ResultsFigure> Figures) Write(IReadOnlyList<BenchmarkCell> cells)
    {
        var page = new ResultsPage(cells);
        page.WriteRuns();
        foreach (var set in page._cells.GroupBy(cell => cell.Set).OrderBy(set => Place(set.Key)))
            page.WriteSet(set.Key, [.. set]);
        page.WriteSizes();
        return (page._text.ToString(), page._figures);
    }

    /// <summary>The tables of the tasks alone, as they are printed at the end of a run.</summary>
    public static string WriteTasks(IReadOnlyList<BenchmarkCell> cells)
    {
        var page = new ResultsPage(cells);
        foreach (var task in Tasks(cells))
            page.WriteTask(task.Key, [.. task], "###");
        return page._text.ToString().TrimEnd();
    }

    /// <summary>Puts the tables into a page: between its marks, or behind a heading in a new one.</summary>
    /// <exception cref="ToolException">The page has not both marks, once each and in order.</exception>
    public static string Insert(string? page, string tables)
    {
        if (page is null)
            return $"# Results\n\n{Begin}\n\n{tables}{End}\n";
        int begin = page.IndexOf(Begin, StringComparison.Ordinal), end = page.IndexOf(End, StringComparison.Ordinal);
        return begin >= 0 && end > begin ? $"{page[..begin]}{Begin}\n\n{tables}{page[end..]}"
            : throw new ToolException($"The page has not the two lines between which tables are put:\n{Begin}\n{End}\nAdd them, or name a file that is not there yet.");
    }

    private static IEnumerable<IGrouping<(string Set, string Task, string Split, string Limit), BenchmarkCell>> Tasks(IEnumerable<BenchmarkCell> cells) =>
        cells.GroupBy(cell => (cell.Set, cell.Task, cell.Settings["split"], cell.Settings["limit"]));

    /// <summary>Whether the paper's numbers stand beside a task's.</summary>
    private static bool IsFirst(string task) => task is "union" or "smap" or "windows" or "labels";

    /// <summary>For a heading: the split and the limit of a task that stands on the page with others already.</summary>
    private string Again((string Set, string Task, string Split, string Limit) task) =>
        _firstOf.TryAdd((task.Set, task.Task), (task.Split, task.Limit)) || _firstOf[(task.Set, task.Task)] == (task.Split, task.Limit) ? "" : $", split {task.Split}, limit {task.Limit}";

    private static int Place(string set) => set switch { "mimic-iv" => 0, "mimic-iii" => 1, "nasa" => 2, "nab" => 3, _ => 4 };

    private void WriteRuns()
    {
        Line("## How the numbers were made");
        Line();
        Line("A row is a method; its numbers are means over seeds ± their standard deviation. Thresholds are the best F1 on the validation part. AP is average precision; \"within sources\" is the AUROC over pairs of the same patient, file or stream. \"SPEAR minus this\" is the paired difference in AP with a 95 % interval: "
            + "2,000 draws of sources (patients, files, streams) with all their series, and of seeds. The protocol: [benchmark.md](benchmark.md).");
        Line();
        foreach (var set in _cells.GroupBy(cell => cell.Set).OrderBy(set => Place(set.Key)))
        {
            TimeSpan time = TimeSpan.FromSeconds(set.Where(cell => cell.TrainedOn is null).Sum(cell => cell.FitSeconds) + set.Sum(cell => cell.ScoreSeconds));
            Line($"- **{set.Key}**: {Numbers.Count(set.Count(), "cell", "cells")}, {Numbers.Duration(time)} of training and scoring. "
                + $"{Listed("version", set.Select(cell => cell.Version))}; {Listed("data", set.Select(cell => cell.DataHash))}; {Listed("on", set.Select(cell => cell.Machine))}.");
            // A transfer came of the other set's command, which stands there.
            foreach (string command in set.Where(cell => cell.TrainedOn is null).Select(cell => cell.Command).Distinct())
                Line($"  `{command}`");
        }
        Line();
    }

    private void WriteSet(string set, IReadOnlyList<BenchmarkCell> cells)
    {
        Line($"## {set}");
        Line();
        foreach (var task in Tasks(cells))
            WriteTask(task.Key, [.. task], "###");
        foreach (var task in Tasks(cells.Where(cell => cell.TrainedOn is null)))
        {
            CellGroup[] groups = [.. CellGroup.Of(task)];
            WriteVaried(task.Key, groups);
            WriteCurves(task.Key, groups);
            WriteSources(task.Key, groups);
        }
    }

    private void WriteTask((string Set, string Task, string Split, string Limit) task, IReadOnlyList<BenchmarkCell> cells, string heading)
    {
        CellGroup[] groups = [.. CellGroup.Of(cells)];
        CellGroup? spear = Reference(groups);
        groups = [.. groups.OrderBy(group => Place(group, spear)).ThenBy(group => group.Name, StringComparer.Ordinal)];
        BenchmarkCell one = spear?.Cells[0] ?? cells[0];
        string training = one.TrainedOn is not null ? "" : $"{Part(one.Training)} for training{(one.Synthetic > 0 ? $", {Numbers.Count(one.Synthetic)} of them synthetic" : "")}, ";
        // Once a task: beside the first of its splits and limits.
        PaperResults? paper = IsFirst(task.Task) && Again(task).Length == 0 ? PaperResults.Of(task.Set) : null;
        Line($"{heading} {task.Set}, {task.Task}{Again(task)}{(paper is null ? "" : $" ({paper.Table})")}");
        Line();
        Line($"Split {task.Split}, limit {task.Limit}. Of the first seed: {training}{Part(one.Validation)} for validation, {Part(new PartCounts(-1, one.Scores.Length, one.LabelOfEach().Count(label => label)))} for the test.");
        Line();
        bool hasDraw = cells.Any(cell => cell.Balanced is not null);
        // Beside the paper's numbers stands the part that is most like the paper's.
        WriteMetrics(groups, spear, cell => cell.Test, cell => cell.AurocWithinSources(), hasDraw ? null : paper);
        if (hasDraw)
        {
            int ofEach = cells.Where(cell => cell.Balanced is not null).Min(cell => cell.Balanced!.TruePositives + cell.Balanced.FalseNegatives);
            Line($"On a balanced draw by seed, {ofEach} anomalous and {ofEach} normal series of the same test part{(ofEach < BalancedDraw ? " (there are no more)" : "")}, at the same thresholds:");
            Line();
            WriteMetrics(groups, null, cell => cell.Balanced, _ => null, paper);
        }
        if (paper is not null)
        {
            Line($"Why the paper's rows cannot be compared number by number: {paper.NotComparable}");
            Line();
        }
    }

    private void WriteMetrics(CellGroup[] groups, CellGroup? spear, Func<BenchmarkCell, CellMetrics?> metrics, Func<BenchmarkCell, double?> within, PaperResults? paper)
    {
        Row("method", "seeds", "accuracy", "F1", "recall", "precision", "AUROC", "within sources", "AP", "AP on validation", "SPEAR minus this: AP, 95 %", "epochs", "seconds");
        Row("---", "---", "---", "---", "---", "---", "---", "---", "---", "---", "---", "---", "---");
        // Thousands of draws each.
        string[] differences = [.. groups.AsParallel().AsOrdered().Select(group => spear is null || ReferenceEquals(group, spear) ? "" : group.LessThan(spear))];
        foreach ((CellGroup group, string difference) in groups.Zip(differences))
        {
            Row(group.Name.Replace("|", "\\|", StringComparison.Ordinal), Numbers.Count(group.Cells.Count), group.Spread(cell => metrics(cell)?.Accuracy), group.Spread(cell => metrics(cell)?.F1), group.Spread(cell => metrics(cell)?.Recall),
                group.Spread(cell => metrics(cell)?.Precision), group.Spread(cell => metrics(cell)?.Auroc), group.Spread(within), group.Spread(cell => metrics(cell)?.AveragePrecision), group.Spread(cell => cell.ValidationAveragePrecision),
                difference, Epochs(group), group.Mean(cell => cell.FitSeconds + cell.ScoreSeconds).ToString("0.#", CultureInfo.InvariantCulture));
        }
        foreach (PaperRow row in paper?.Rows ?? [])
            Row($"*paper: {row.Method}*", "", Paper(row.Accuracy), Paper(row.F1), Paper(row.Recall), Paper(row.Precision), Paper(row.Auroc), "", Paper(row.AveragePrecision), "", "", "", "");
        Line();
        string[] elsewhere = [.. groups.Where(group => group.Cells.Any(cell => cell.ThresholdFrom != "validation")).Select(group => group.Name)];
        if (elsewhere.Length > 0)
        {
            Line($"The validation part of a seed or more has one class, so thresholds were chosen on the training part there: {string.Join("; ", elsewhere)}.");
            Line();
        }
    }

    /// <summary>Table IV, and what the paper leaves open: the numbers of bins.</summary>
    private void WriteVaried((string Set, string Task, string Split, string Limit) task, CellGroup[] groups)
    {
        WriteVaried("promptLength", "prompt length", groups, PaperResults.Of(task.Set)?.AccuracyByPromptLength, $"Table IV: the length of the prompt, {task.Set} {task.Task}{Again(task)}");
        WriteVaried("bins", "bins", groups, null, $"The number of bins, {task.Set} {task.Task}{Again(task)}");
    }

    private void WriteVaried(string setting, string name, CellGroup[] groups, (string At10, string At20, string At30)? paper, string heading)
    {
        CellGroup[] varied = [.. groups.Where(group => group.Method == BenchmarkMethod.SpearKey && group.IsLikeBut(Reference(groups)!, setting)).OrderBy(group => int.Parse(group.Settings[setting], CultureInfo.InvariantCulture))];
        if (varied.Length < 2)
            return;
        // A seed draws the patients too: rows of different seeds would compare those.
        int[] seeds = [.. varied.Select(group => group.Cells.Select(cell => cell.Seed)).Aggregate((shared, own) => shared.Intersect(own)).Order()];
        Line($"### {heading}");
        Line();
        if (seeds.Length == 0)
        {
            Line("No seed has all of them.");
            Line();
            return;
        }
        Line($"Of the {(seeds.Length == 1 ? "seed" : "seeds")} that all of them have: {string.Join(", ", seeds)}.");
        Line();
        varied = [.. varied.Select(group => group with { Cells = [.. group.Cells.Where(cell => seeds.Contains(cell.Seed))] })];
        Row(name, "seeds", "accuracy", "accuracy, balanced draw", "AUROC", "AP", "paper: accuracy");
        Row("---", "---", "---", "---", "---", "---", "---");
        foreach (CellGroup group in varied)
        {
            string length = group.Settings[setting];
            Row(length, Numbers.Count(group.Cells.Count), group.Spread(cell => cell.Test.Accuracy), group.Spread(cell => cell.Balanced?.Accuracy), group.Spread(cell => cell.Test.Auroc), group.Spread(cell => cell.Test.AveragePrecision),
                (length switch { "10" => paper?.At10, "20" => paper?.At20, "30" => paper?.At30, _ => null }) ?? "");
        }
        Line();
    }

    /// <summary>Figures 3 and 4: what each epoch came to on the validation part, in the mean over the seeds.</summary>
    private void WriteCurves((string Set, string Task, string Split, string Limit) task, CellGroup[] groups)
    {
        if (!IsFirst(task.Task) || Reference(groups) is not { } spear || spear.Cells.All(cell => cell.History is null))
            return;
        EpochMeans[] epochs = [.. spear.Cells.SelectMany(cell => cell.History ?? []).GroupBy(epoch => epoch.Epoch).OrderBy(epoch => epoch.Key).Select(epoch => new EpochMeans(epoch.Key,
            epoch.Average(one => one.TrainLoss), epoch.Average(one => one.ValidationLoss), epoch.Average(one => one.ValidationAccuracy), epoch.Average(one => one.ValidationAuroc), epoch.Average(one => one.ValidationAveragePrecision)))];
        string title = $"Figures 3 and 4: training curves, {task.Set} {task.Task}{Again(task)}";
        Line($"### {title}");
        Line();
        Line("Means over the seeds, on the validation part; accuracy is at probability 0.5.");
        Line();
        Figure(title, name => ResultsFigure.Curves(name, epochs), task.Set, task.Task);
        Row("epoch", "training loss", "validation loss", "accuracy", "AUROC", "AP");
        Row("---", "---", "---", "---", "---", "---");
        foreach (EpochMeans epoch in epochs)
            Row(Numbers.Count(epoch.Epoch), Short(epoch.TrainLoss), Short(epoch.ValidationLoss), Short(epoch.Accuracy), Short(epoch.Auroc), Short(epoch.AveragePrecision));
        Line();
    }

    /// <summary>Puts a picture here, under a name that no other of the page has.</summary>
    private void Figure(string title, Func<string, ResultsFigure> draw, params string[] names)
    {
        string name = $"results-{string.Join('-', names)}";
        int same = _figures.Count(figure => figure.Path.StartsWith($"images/{name}.", StringComparison.Ordinal) || figure.Path.StartsWith($"images/{name}-part", StringComparison.Ordinal));
        ResultsFigure drawn = draw(same == 0 ? name : $"{name}-part{same + 1}");
        _figures.Add(drawn);
        Line($"![{title}]({drawn.Path})");
        Line();
    }

    private void WriteSources((string Set, string Task, string Split, string Limit) task, CellGroup[] groups)
    {
        CellGroup? spear = Reference(groups);
        CellGroup[] columns = [.. groups.Where(group => Place(group, spear) <= Others && group.Cells.Any(cell => cell.Sources is not null)).OrderBy(group => Place(group, spear))];
        string[] sources = [.. columns.SelectMany(group => group.Cells).SelectMany(cell => cell.Sources ?? []).Where(source => source.Metrics.Auroc is not null).Select(source => source.Source).Distinct().Order(StringComparer.Ordinal)];
        if (sources.Length == 0)
            return;
        Line($"### By source, {task.Set} {task.Task}{Again(task)}");
        Line();
        Line("AUROC, AP, in the mean over the seeds; only sources with both classes in the test part.");
        Line();
        Row(["source", "items, anomalous", .. columns.Select(group => group.Name)]);
        Row(["---", "---", .. columns.Select(_ => "---")]);
        foreach (string source in sources)
        {
            double? Number(BenchmarkCell cell, Func<CellMetrics, double?> metric) => cell.Sources?.FirstOrDefault(one => one.Source == source) is { } found ? metric(found.Metrics) : null;
            CellMetrics first = columns.SelectMany(group => group.Cells).SelectMany(cell => cell.Sources ?? []).First(one => one.Source == source && one.Metrics.Auroc is not null).Metrics;
            Row([source, $"{first.TruePositives + first.FalseNegatives + first.TrueNegatives + first.FalsePositives}, {first.TruePositives + first.FalseNegatives}",
                .. columns.Select(group => $"{Mean(group.Cells.Select(cell => Number(cell, metrics => metrics.Auroc)))}, {Mean(group.Cells.Select(cell => Number(cell, metrics => metrics.AveragePrecision)))}")]);
        }
        Line();
    }

    /// <summary>Figure 2.</summary>
    private void WriteSizes()
    {
        // The plainest of those that other settings, which change no size, tell apart.
        (string Name, long Bytes)[] sizes = [.. CellGroup.Of(_cells.Where(cell => cell.TrainedBytes is not null && cell.TrainedOn is null))
            .GroupBy(group => (group.Method, group.Settings.GetValueOrDefault("promptLength"), group.Settings.GetValueOrDefault("backbone")))
            .Select(alike => alike.MinBy(group => group.Unusual.Count)!).Select(group => (group.Name, group.Cells[0].TrainedBytes!.Value))];
        if (sizes.Length == 0)
            return;
        Line("## Figure 2: what is trained");
        Line();
        (string Name, double Megabytes, bool IsPaper)[] bars = [.. sizes.OrderBy(size => size.Bytes).ThenBy(size => size.Name, StringComparer.Ordinal).Select(size => (size.Name, size.Bytes / 1e6, false)),
            .. PaperResults.TrainedSizes.Select(size => (size.Name, size.Megabytes, true))];
        Figure("Figure 2: what is trained", name => ResultsFigure.Sizes(name, bars), "sizes");
        Row("", "MB");
        Row("---", "---");
        foreach ((string name, double megabytes, bool isPaper) in bars)
            Row(isPaper ? $"*paper: {name}*" : name, megabytes.ToString(isPaper ? "0.00" : "0.000", CultureInfo.InvariantCulture));
        Line();
    }

    /// <summary>What the others are held against: SPEAR as it stands, or with what was set for the whole run; of several the one with the most seeds.</summary>
    private static CellGroup? Reference(CellGroup[] groups) => groups.Where(group => group.Method == BenchmarkMethod.SpearKey && group.TrainedOn is null)
        .OrderBy(group => group.Unusual.Count).ThenByDescending(group => group.Cells.Count).FirstOrDefault();

    private static int Place(CellGroup group, CellGroup? spear) => (group.TrainedOn, group.Method) switch
    {
        (not null, _) => Others + 2,
        (_, BenchmarkMethod.SpearKey or BenchmarkMethod.UntrainedKey or BenchmarkMethod.NoneKey) when spear is null || !group.IsLikeBut(spear, "promptLength") => Others + 1,
        (_, BenchmarkMethod.SpearKey) => ReferenceEquals(group, spear) ? 0 : Others + 1,
        (_, BenchmarkMethod.UntrainedKey or BenchmarkMethod.NoneKey) => 1,
        _ => Others,
    };

    private static string Epochs(CellGroup group)
    {
        string kept = string.Join(' ', group.Cells.Select(cell => cell.Epoch).OfType<int>());
        return group.Settings.TryGetValue("epochs", out string? epochs) ? $"{epochs}{(kept.Length > 0 ? $"; kept {kept}" : "")}" : "";
    }

    private static string Part(PartCounts part) => part.Series == part.Items || part.Series < 0
        ? $"{Numbers.Count(part.Items)} ({Numbers.Count(part.Anomalous)} anomalous)" : $"{Numbers.Count(part.Series)} series of {Numbers.Count(part.Items)} values ({Numbers.Count(part.Anomalous)} anomalous)";

    private static string Listed(string name, IEnumerable<string> values) => $"{name} {string.Join(" and ", values.CountBy(value => value).Select(value => value.Key))}";

    private static string Mean(IEnumerable<double?> values)
    {
        double[] all = [.. values.OfType<double>()];
        return Short(all.Length == 0 ? null : all.Average());
    }

    private static string Short(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "";

    private static string Paper(double value) => value.ToString(".0000", CultureInfo.InvariantCulture);

    private void Row(params string[] cells) => Line($"| {string.Join(" | ", cells)} |");

    private void Line(string text = "") => _text.Append(text).Append('\n');
}
