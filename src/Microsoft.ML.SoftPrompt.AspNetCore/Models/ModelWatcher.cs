using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Models;

/// <summary>
/// Loads the model at the start, and again when its file is another. The file is looked at now and then: notices of a file system get lost on
/// network and container volumes.
/// </summary>
internal sealed partial class ModelWatcher : BackgroundService
{
    private readonly SoftPromptModelOptions _options;
    private readonly ModelSource _source;
    private readonly ServingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MLContext _ml = new();
    private readonly string _path;
    private FileStamp? _seen;

    public ModelWatcher(SoftPromptModelOptions options, ModelSource source, ServingMetrics metrics, TimeProvider time, ILogger<ModelWatcher> logger)
    {
        (_options, _source, _metrics, _time, _logger) = (options, source, metrics, time, logger);
        // What the stages have to say of a batch (values outside the fitted range, unknown groups) is said of each: too much for more than debugging.
        _ml.Log += (_, message) => LogStage(message.Message);
        _path = Path.GetFullPath(options.ModelPath);
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Look();
        if (_options.RequireModelAtStart && _source is { Current: null, Fault: { } fault })
            throw new InvalidOperationException(fault.Message);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.ModelPollInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Look();
        }
        catch (OperationCanceledException)
        {
            // The application ends.
        }
    }

    /// <summary>Loads the file where it is another than the one seen last. Whatever is wrong with it, the model before goes on.</summary>
    private void Look()
    {
        if (FileStamp.Of(_path) is not { } stamp)
        {
            _seen = null;
            Keep($"There is no file '{_path}'.", "The model's file is not there.");
            return;
        }
        if (stamp == _seen)
            return;
        try
        {
            Load(stamp);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It may be readable next time: not marked as seen.
            Keep($"'{_path}' cannot be read: {fault.Message}", "The model's file cannot be read.");
        }
        catch (Exception fault)
        {
            _seen = stamp;
            Keep($"'{_path}' cannot be served: {fault.GetBaseException().Message}", "The model's file is damaged, or not a model that can be served here; the service's log says more.");
        }
    }

    private void Load(FileStamp stamp)
    {
        // One handle for the hash and the load: a file renamed into place meanwhile is another, and is seen next time.
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        string version = ServedModel.VersionOf(file);
        if (version == _source.Current?.Version)
        {
            _seen = stamp;
            _source.Keep(null);
            return;
        }
        file.Position = 0;
        ServedModel model = ServedModel.Load(_ml, file, version, _options, _time.GetUtcNow());
        // Written to while it was read: the stamp is another by now, and the next look takes the whole file.
        if (FileStamp.Of(_path) != stamp)
            return;
        _seen = stamp;
        ServedModel? before = _source.Current;
        _source.Serve(model);
        _metrics.ModelLoaded();
        LogServing(model.Name, model.Version, model.Parameters.Backbone.Name, model.WindowSize, model.Stride, before?.Version ?? "none");
    }

    private void Keep(string message, string publicMessage)
    {
        if (_source.Fault?.Message == message)
            return;
        _source.Keep(new ModelFault(_time.GetUtcNow(), message, publicMessage));
        _metrics.ModelRefused();
        LogKept(message, _source.Current is { } kept ? $"Version {kept.Version} goes on." : "There is no model yet: requests are answered with 503.");
    }

    [LoggerMessage(LogLevel.Information, "serving {Name}, version {Version}: backbone {Backbone}, window {Window}, stride {Stride}; before: {Before}")]
    private partial void LogServing(string name, string version, string backbone, int window, int stride, string before);

    [LoggerMessage(LogLevel.Warning, "{Message} {Consequence}")]
    private partial void LogKept(string message, string consequence);

    [LoggerMessage(LogLevel.Debug, "{Message}")]
    private partial void LogStage(string message);

    /// <summary>What tells that a file may be another.</summary>
    private readonly record struct FileStamp(DateTime LastWrite, long Length)
    {
        public static FileStamp? Of(string path)
        {
            var file = new FileInfo(path);
            return file.Exists ? new FileStamp(file.LastWriteTimeUtc, file.Length) : null;
        }
    }
}
