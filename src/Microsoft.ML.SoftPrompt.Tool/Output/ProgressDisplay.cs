using System.Diagnostics;
using Spectre.Console;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>How far a piece of work is, as it is shown.</summary>
/// <param name="Text">What stands behind the bar, or is the line.</param>
/// <param name="Done">How much is done.</param>
/// <param name="Total">Of how much.</param>
/// <param name="IsMilestone">Whether a log wants it whatever the time.</param>
internal readonly record struct ProgressLine(string Text, double Done, double Total, bool IsMilestone = false);

/// <summary>Shows long work as it goes, on standard error: a bar on a terminal, lines elsewhere. All work that can take more than seconds is shown by this.</summary>
internal static class ProgressDisplay
{
    // Slow work is heard from, and quick work does not flood a log.
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    // More often nobody can read it.
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(100);

    /// <param name="console">The console.</param>
    /// <param name="work">Calls what it is given as often as it likes, from one thread.</param>
    /// <param name="staysOnTerminal">Whether the bar still stands when the work is done.</param>
    public static T Run<T>(ToolConsole console, Func<Action<ProgressLine>, T> work, bool staysOnTerminal = false) =>
        console.ErrorIsTerminal ? WithBar(console, work, staysOnTerminal) : WithLines(console, work);

    /// <summary>Shows work that counts what it has done: how many of how many, how many a second, and the time left.</summary>
    /// <param name="console">The console.</param>
    /// <param name="doing">What is done, for example scoring.</param>
    /// <param name="unit">What is counted, in the plural.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="work">Reports how many are done.</param>
    public static T Count<T>(ToolConsole console, string doing, string unit, long total, Func<IProgress<long>, T> work) => Run(console, show =>
    {
        var clock = Stopwatch.StartNew();
        TimeSpan next = TimeSpan.Zero;
        return work(new Reports<long>(done =>
        {
            if (clock.Elapsed < next && done < total)
                return;
            next = clock.Elapsed + BarInterval;
            show(new ProgressLine(Line(doing, unit, done, total, clock.Elapsed), done, total));
        }));
    });

    private static string Line(string doing, string unit, long done, long total, TimeSpan elapsed)
    {
        double rate = done / Math.Max(elapsed.TotalSeconds, 1e-9);
        string left = done == 0 ? "" : $"  {Numbers.Duration(TimeSpan.FromSeconds((total - done) / rate))} left";
        return $"{doing}  {Numbers.Count(done)}/{Numbers.Count(total)} {unit}  {Numbers.Short(rate)} {unit}/s{left}";
    }

    private static T WithBar<T>(ToolConsole console, Func<Action<ProgressLine>, T> work, bool stays) =>
        console.Status.Progress().AutoClear(!stays).Columns(new ProgressBarColumn { Width = 24 }, new TaskDescriptionColumn { Alignment = Justify.Left }).Start(context =>
        {
            ProgressTask task = context.AddTask("starting");
            return work(line =>
            {
                task.MaxValue = Math.Max(line.Total, 1);
                task.Value = line.Done;
                task.Description = Markup.Escape(line.Text);
            });
        });

    private static T WithLines<T>(ToolConsole console, Func<Action<ProgressLine>, T> work)
    {
        var sinceLine = Stopwatch.StartNew();
        return work(line =>
        {
            if (!line.IsMilestone && sinceLine.Elapsed < LineInterval)
                return;
            console.Error.WriteLine(line.Text);
            sinceLine.Restart();
        });
    }

    /// <summary>Reports at once and in order, unlike <see cref="Progress{T}"/>.</summary>
    internal sealed class Reports<T>(Action<T> handle) : IProgress<T>
    {
        public void Report(T value) => handle(value);
    }
}
