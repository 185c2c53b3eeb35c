using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>Tells the caller after every batch and ML.NET's log after every epoch, and passes on the context's cancellation.</summary>
internal sealed class TrainingLog(IHostEnvironment environment, IChannel channel, IProgress<TrainingProgress>? progress) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (MLNetInternals.IsCanceled(environment))
            throw new OperationCanceledException("The training was cancelled by the MLContext.");
        progress?.Report(value);
        if (value.Batch == value.Batches)
            channel.Tell($"Epoch {value.Epoch} of {value.Epochs}: loss {value.Loss:0.0000}{(value.ValidationAveragePrecision is { } ap ? FormattableString.Invariant($", validation average precision {ap:0.000}") : "")}, {value.SeriesPerSecond:0} series/s, {value.EstimatedRemaining:hh\\:mm\\:ss} left.");
    }
}
