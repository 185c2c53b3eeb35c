using Microsoft.Extensions.Logging;
using Microsoft.ML.SoftPrompt.AspNetCore.Models;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Scoring;

/// <summary>The trailing windows of all streams, under the model that is served. Used by the worker alone.</summary>
internal sealed partial class StreamState(ModelSource source, ServingMetrics metrics, ILogger<StreamState> logger)
{
    private ServedModel? _model;
    private StreamingDetector? _detector;

    /// <summary>Takes readings in and scores the windows that become due.</summary>
    public StreamResult Add(IReadOnlyList<StreamingReading> readings)
    {
        ServedModel current = source.Current ?? throw new InvalidOperationException("There is no model.");
        if (_detector is null || current != _model)
            Follow(current);
        return new StreamResult(current, _detector!.Add(readings));
    }

    private void Follow(ServedModel current)
    {
        _detector = current.CreateStreamingDetector();
        if (_model is not null)
        {
            metrics.StreamsReset();
            LogReset(current.Version);
        }
        _model = current;
    }

    [LoggerMessage(LogLevel.Warning, "Streams begin anew with version {Version} of the model")]
    private partial void LogReset(string version);
}
