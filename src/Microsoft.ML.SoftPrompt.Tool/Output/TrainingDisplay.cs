using System.Globalization;
using Spectre.Console;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>Shows a training as it goes: a line an epoch in a log, and more where epochs are long.</summary>
internal static class TrainingDisplay
{
    public static T Run<T>(ToolConsole console, Func<IProgress<TrainingProgress>, T> train) => ProgressDisplay.Run(console, show =>
    {
        bool begins = true;
        return train(new ProgressDisplay.Reports<TrainingProgress>(report =>
        {
            bool resumes = begins && report.ResumedBatches > 0;
            if (resumes)
                console.Status.WriteLine(string.Create(CultureInfo.InvariantCulture, $"goes on from the checkpoint: epoch {report.Epoch} of {report.Epochs}, batch {report.Batch} of {report.Batches} were done"));
            begins = false;
            show(new ProgressLine(Line(report), (report.Epoch - 1.0) * report.Batches + report.Batch, (double)report.Epochs * report.Batches, report.Batch == report.Batches && !resumes));
        }));
    }, staysOnTerminal: true);

    private static string Line(TrainingProgress report)
    {
        string batch = report.Batch < report.Batches ? $" batch {report.Batch}/{report.Batches}" : "";
        string validation = report.ValidationAveragePrecision is { } precision ? $"  validation AP {Numbers.Metric(precision)}" : "";
        // Just gone on from a checkpoint, a training has no rate yet.
        string rate = report.SeriesPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $"  {report.SeriesPerSecond:0} windows/s  {Numbers.Duration(report.EstimatedRemaining)} left") : "";
        return string.Create(CultureInfo.InvariantCulture, $"epoch {report.Epoch}/{report.Epochs}{batch}  loss {report.Loss:0.0000}{validation}{rate}");
    }
}
