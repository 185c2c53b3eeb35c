using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.SoftPrompt.Tool.Commands;
using Spectre.Console;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>Shows a sweep as it goes: the best trials and a bar on a terminal, a line a trial elsewhere.</summary>
internal static class SweepDisplay
{
    private const int BestShown = 5, BarWidth = 30;

    // Often enough to move, seldom enough to cost nothing.
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(250);

    /// <param name="space">What is searched.</param>
    /// <param name="sweep">Runs it, and tells what it is given.</param>
    public static SweepResult Run(ToolConsole console, SweepSpace space, Func<IProgress<SweepProgress>, SweepResult> sweep) =>
        console.ErrorIsTerminal ? WithTable(console, space, sweep) : WithLines(console, space, sweep);

    public static void WriteTrials(ToolConsole console, SweepResult result, SweepSpace space) => console.Tables.Write(Table(result.Trials, int.MaxValue, space, "stopped"));

    private static SweepResult WithTable(ToolConsole console, SweepSpace space, Func<IProgress<SweepProgress>, SweepResult> sweep)
    {
        var trials = new SortedDictionary<int, SweepTrial>();
        var sinceDrawn = Stopwatch.StartNew();
        return console.Status.Live(new Text("starting")).AutoClear(true).Start(context => sweep(new ProgressDisplay.Reports<SweepProgress>(report =>
        {
            trials[report.Trial.Number] = report.Trial;
            if (report.Training is not null && sinceDrawn.Elapsed < Redraw)
                return;
            sinceDrawn.Restart();
            int filled = (int)Math.Round(BarWidth * report.Share);
            context.UpdateTarget(new Rows(Table(trials.Values, BestShown, space, "under way"), new Text($"{new string('━', filled)}{new string('╌', BarWidth - filled)} {Line(report)}")));
        })));
    }

    private static SweepResult WithLines(ToolConsole console, SweepSpace space, Func<IProgress<SweepProgress>, SweepResult> sweep) =>
        ProgressDisplay.Run(console, show => sweep(new ProgressDisplay.Reports<SweepProgress>(report => show(new ProgressLine(
            report.Training is not null ? Line(report) : $"trial {report.Trial.Number} {Outcome(report.Trial)}: {SweepParameters.Text(report.Trial.Values, points: false, space)}; {Line(report)}",
            report.Share, Total: 1, IsMilestone: report.Training is null)))));

    /// <summary>What came of a trial.</summary>
    private static string Outcome(SweepTrial trial) => trial.Status switch
    {
        SweepTrialStatus.Failed => $"failed ({trial.Reason})",
        // Between rounds it is neither.
        SweepTrialStatus.Stopped when trial.Rungs.Count > 0 && trial.Rungs[^1].Epochs == trial.Epochs => $"judged after {Numbers.Count(trial.Epochs, "epoch", "epochs")}, AP {Numbers.Metric(trial.Validation?.AveragePrecision)}",
        SweepTrialStatus.Stopped => $"stopped after {Numbers.Count(trial.Epochs, "epoch", "epochs")}",
        _ => $"{trial.Status.ToString().ToLowerInvariant()} after {Numbers.Count(trial.Epochs, "epoch", "epochs")}, AP {Numbers.Metric(trial.Validation?.AveragePrecision)}",
    };

    /// <summary>How far the sweep is.</summary>
    private static string Line(SweepProgress report)
    {
        string training = report.Training is { } now ? string.Create(CultureInfo.InvariantCulture, $", trial {report.Trial.Number} epoch {now.Epoch}/{now.Epochs} at {now.SeriesPerSecond:0} windows/s") : "";
        string best = report.Best is { } one ? $", best trial {one.Number} AP {Numbers.Metric(one.Validation!.AveragePrecision)}" : "";
        string left = report.EstimatedRemaining is { } time ? $", {Numbers.Duration(time)} left" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{100 * report.Share:0} %, {report.Done} of {report.Trials} trials done{training}{best}{left}");
    }

    private static Table Table(IEnumerable<SweepTrial> trials, int most, SweepSpace space, string stopped)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (string name in new[] { "trial", "epochs", "AP", "F1", "time" })
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        table.AddColumn("status");
        table.AddColumn("parameters");
        foreach (SweepTrial trial in trials.OrderByDescending(trial => trial.Rungs.Count).ThenByDescending(trial => trial.Validation?.AveragePrecision ?? -1).ThenBy(trial => trial.Number).Take(most))
            table.AddRow(Numbers.Count(trial.Number), Numbers.Count(trial.Epochs), Numbers.Metric(trial.Validation?.AveragePrecision), Numbers.Metric(trial.Validation?.F1),
                Numbers.Duration(trial.Duration), trial.Status == SweepTrialStatus.Stopped ? stopped : trial.Status.ToString().ToLowerInvariant(), Markup.Escape(SweepParameters.Text(trial.Values, points: false, space)));
        return table;
    }
}
