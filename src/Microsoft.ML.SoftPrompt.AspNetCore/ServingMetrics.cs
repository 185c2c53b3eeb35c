using System.Diagnostics.Metrics;

namespace Microsoft.ML.SoftPrompt.AspNetCore;

/// <summary>What the service counts. Any listener of <c>System.Diagnostics.Metrics</c> reads it, OpenTelemetry among them. docs/serving.md lists the names.</summary>
internal sealed class ServingMetrics
{
    public const string MeterName = "Microsoft.ML.SoftPrompt.AspNetCore";

    // Seconds, from a window or two up to a client's patience.
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30] };

    private readonly Meter _meter;
    private readonly Histogram<double> _requestDuration, _batchDuration;
    private readonly Histogram<int> _batchWindows;
    private readonly Counter<long> _series, _windows, _readings, _abandoned, _modelChanges, _streamResets;

    public ServingMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _requestDuration = _meter.CreateHistogram<double>("softprompt.request.duration", "s", "Requests by endpoint and status code, from the head of the request to the answer.", advice: Seconds);
        _batchDuration = _meter.CreateHistogram<double>("softprompt.batch.duration", "s", "The time that scoring a batch took.", advice: Seconds);
        _batchWindows = _meter.CreateHistogram<int>("softprompt.batch.windows", "{window}", "Windows scored at once.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] });
        _series = _meter.CreateCounter<long>("softprompt.series", "{series}", "Series that were accepted.");
        _windows = _meter.CreateCounter<long>("softprompt.windows", "{window}", "Windows that were scored.");
        _readings = _meter.CreateCounter<long>("softprompt.stream.readings", "{reading}", "Readings of streams that were accepted.");
        _abandoned = _meter.CreateCounter<long>("softprompt.requests.abandoned", "{request}", "Accepted requests whose client gave up before their turn.");
        _modelChanges = _meter.CreateCounter<long>("softprompt.model.changes", "{change}", "Changes of the model's file, by outcome: loaded, or refused.");
        _streamResets = _meter.CreateCounter<long>("softprompt.stream.resets", "{reset}", "Times that all streams began anew, because a new model has other columns or another window.");
    }

    public void ObserveQueue(Func<long> windows) =>
        _meter.CreateObservableUpDownCounter("softprompt.queue.windows", windows, "{window}", "Windows that were accepted and are not scored.");

    public void Request(string endpoint, int status, TimeSpan duration) =>
        _requestDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("endpoint", endpoint), new KeyValuePair<string, object?>("status", status));

    public void Batch(int windows, TimeSpan duration)
    {
        if (windows == 0)
            return;
        _windows.Add(windows);
        _batchWindows.Record(windows);
        _batchDuration.Record(duration.TotalSeconds);
    }

    public void Series(int count) => _series.Add(count);

    public void Readings(int count) => _readings.Add(count);

    public void Abandoned() => _abandoned.Add(1);

    public void ModelLoaded() => _modelChanges.Add(1, new KeyValuePair<string, object?>("outcome", "loaded"));

    public void ModelRefused() => _modelChanges.Add(1, new KeyValuePair<string, object?>("outcome", "refused"));

    public void StreamsReset() => _streamResets.Add(1);
}
