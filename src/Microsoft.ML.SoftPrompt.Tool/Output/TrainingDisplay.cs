using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>Shows a training as it goes: a bar on a terminal, lines elsewhere.</summary>
internal static class TrainingDisplay
{
    // Between the lines of an epoch, which there always are: slow epochs are heard from, quick ones do not flood a log.
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    public static T Run<T>(ToolConsole console, Func<IProgress<TrainingProgress>, T> train) => console.ErrorIsTerminal ? WithBar(console, train) : WithLines(console, train);

    private static T WithBar<T>(ToolConsole console, Func<IProgress<TrainingProgress>, T> train) =>
        console.Status.Progress().Columns(new ProgressBarColumn { Width = 24 }, new TaskDescriptionColumn { Alignment = Justify.Left }).Start(context =>
        {
            ProgressTask task = context.AddTask("starting");
            return train(new Reports(report =>
            {
                task.MaxValue = (double)report.Epochs * report.Batches;
                task.Value = (report.Epoch - 1.0) * report.Batches + report.Batch;
                task.Description = Markup.Escape(Line(report));
            }));
        });

    private static T WithLines<T>(ToolConsole console, Func<IProgress<TrainingProgress>, T> train)
    {
        TrainingProgress? pending = null;
        var sinceLine = Stopwatch.StartNew();
        void Write(TrainingProgress report)
        {
            console.Error.WriteLine(Line(report));
            sinceLine.Restart();
        }
        T result = train(new Reports(report =>
        {
            // An epoch's last report, the one with its validation, is known as such when the next epoch begins.
            if (pending is not null && pending.Epoch != report.Epoch)
                Write(pending);
            else if (sinceLine.Elapsed >= LineInterval && report.Batch < report.Batches)
                Write(report);
            pending = report;
        }));
        if (pending is not null)
            Write(pending);
        return result;
    }

    private static string Line(TrainingProgress report)
    {
        string batch = report.Batch < report.Batches ? $" batch {report.Batch}/{report.Batches}" : "";
        string validation = report.ValidationAveragePrecision is { } precision ? $"  validation AP {Numbers.Metric(precision)}" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"epoch {report.Epoch}/{report.Epochs}{batch}  loss {report.Loss:0.0000}{validation}  {report.SeriesPerSecond:0} windows/s  {Numbers.Duration(report.EstimatedRemaining)} left");
    }

    /// <summary>Reports at once and in order, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Reports(Action<TrainingProgress> handle) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => handle(value);
    }
}
