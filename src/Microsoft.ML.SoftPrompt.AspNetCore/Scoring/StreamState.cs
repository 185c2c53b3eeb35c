using Microsoft.Extensions.Logging;
using Microsoft.ML.SoftPrompt.AspNetCore.Models;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Scoring;

/// <summary>The trailing windows of all streams, under the model that is served. Used by the worker alone.</summary>
internal sealed partial class StreamState(ModelSource source, ServingMetrics metrics, ILogger<StreamState> logger)
{
    private ServedModel? _model;
    private StreamingDetector? _detector;

    /// <summary>Takes readings in and scores the windows that become due.</summary>
    /// <exception cref="RefusedReadingsException">The options refuse a time; nothing was taken in.</exception>
    public StreamResult Add(IReadOnlyList<StreamingReading> readings)
    {
        ServedModel current = source.Current ?? throw new InvalidOperationException("There is no model.");
        if (_detector is null || current != _model)
            Follow(current);
        StreamingCounts before = _detector!.Counts;
        try
        {
            return new StreamResult(current, _detector.Add(readings));
        }
        catch (InvalidOperationException fault) when (_detector.Counts == before)
        {
            throw new RefusedReadingsException(fault.Message, fault);
        }
    }

    /// <summary>The windows go on with the new model where it has the same columns and window; else all streams begin anew.</summary>
    private void Follow(ServedModel current)
    {
        try
        {
            using var state = new MemoryStream();
            _detector?.Save(state);
            state.Position = 0;
            _detector = current.CreateStreamingDetector(_detector is null ? null : state);
        }
        catch (InvalidDataException fault)
        {
            metrics.StreamsReset();
            LogReset(current.Version, fault.Message);
            _detector = current.CreateStreamingDetector(null);
        }
        _model = current;
    }

    [LoggerMessage(LogLevel.Warning, "All streams begin anew with version {Version} of the model: {Reason}")]
    private partial void LogReset(string version, string reason);
}

/// <summary>Readings of a stream whose times the options refuse; none was taken in.</summary>
internal sealed class RefusedReadingsException(string message, Exception inner) : Exception(message, inner);
