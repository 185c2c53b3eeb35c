using System.CommandLine;
using Microsoft.ML.SoftPrompt.AspNetCore;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Microsoft.ML.SoftPrompt.Tool.Serving;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt serve`: a model over HTTP, until a signal ends it.</summary>
internal sealed class ServeCommand
{
    private const int MiB = 1 << 20;
    private const int MaxBodyMiB = 1024;

    private static readonly SoftPromptModelOptions Defaults = new();

    private readonly ToolConsole _console;
    private readonly CancellationToken _cancellation;
    private readonly Option<string> _model = CommonOptions.Model("The model that softprompt train saved; it is loaded again when the file changes.");
    private readonly Option<string> _urls = new("--urls")
    {
        Description = "Where to listen, parted by semicolons; port 0 takes a free one. There is no authentication: open it to others behind a proxy only.",
        HelpName = "http://…",
        DefaultValueFactory = _ => "http://127.0.0.1:5000",
    };
    private readonly Option<int?> _window = CommonOptions.Window();
    private readonly Option<int?> _stride = CommonOptions.Stride();
    private readonly Option<int> _streamStride = CommonOptions.Whole("--stream-stride", Defaults.Streaming.Stride, "After how many readings of a stream its trailing window is scored again.");
    private readonly Option<LateReadings?> _late = CommonOptions.Choice<LateReadings>("--late", "What becomes of a reading of a stream whose time lies before its latest. [default: refuse]");
    private readonly Option<RepeatedTimes?> _repeated = CommonOptions.Choice<RepeatedTimes>("--repeated", "What becomes of a reading of a stream whose time it already has. [default: refuse]");
    private readonly Option<int> _body = CommonOptions.Whole("--max-body", (int)(Defaults.MaxRequestBodySize / MiB), "MiB that the body of a request may have.", largest: MaxBodyMiB);
    private readonly Option<int> _series = CommonOptions.Whole("--max-series", Defaults.MaxSeriesPerRequest, "Series that a request may hold.");
    private readonly Option<int> _values = CommonOptions.Whole("--max-values", Defaults.MaxValuesPerSeries, "Values that a series may hold.");
    private readonly Option<int> _requests = CommonOptions.Whole("--max-requests", Defaults.MaxConcurrentRequests, "Requests that are answered at a time; one more is told to come again.");
    private readonly Option<int> _queue = CommonOptions.Whole("--max-queue", Defaults.MaxQueuedWindows, "Windows that wait to be scored; a request that finds no room is told to come again, one with more is refused.");
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private ServeCommand(Command command, ToolConsole console, CancellationToken cancellation)
    {
        (_console, _cancellation) = (console, cancellation);
        foreach (Option option in new Option[] { _model, _urls, _window, _stride, _streamStride, _late, _repeated, _body, _series, _values, _requests, _queue, _threads })
            command.Add(option);
        // As a synchronous action: for others System.CommandLine handles signals, and ends the process two seconds behind the first.
        command.SetAction(parsed => Run(parsed).GetAwaiter().GetResult());
    }

    public static Command Create(ToolConsole console, CancellationToken cancellation)
    {
        var command = new ExampleCommand(
            "serve",
            "Serves a model over HTTP: /score, /stream/{key}, /health, /metrics, /openapi/v1.json, and a page to drop a CSV on.",
            "softprompt serve --model water.zip");
        _ = new ServeCommand(command, console, cancellation);
        return command;
    }

    private async Task<int> Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_model), urls = ServedAddresses.Check(parsed.GetRequiredValue(_urls), _console);
        AppliedModel model = ModelFile.Load(Context.CreateQuiet(parsed.GetValue(_threads)), path, parsed.GetValue(_window), parsed.GetValue(_stride));
        await ModelServer.Run(_console, urls, options =>
        {
            options.ModelPath = path;
            options.RequireModelAtStart = true;
            options.Streaming.WindowSize = parsed.GetValue(_window);
            // One that is asked for and is too long is refused; in training it may leave readings out.
            options.Stride = parsed.GetValue(_stride) ?? Math.Min(model.Settings.Stride, model.Settings.Window);
            options.Streaming.Stride = parsed.GetValue(_streamStride);
            options.Streaming.LateReadings = parsed.GetValue(_late) ?? Defaults.Streaming.LateReadings;
            options.Streaming.RepeatedTimes = parsed.GetValue(_repeated) ?? Defaults.Streaming.RepeatedTimes;
            options.MaxRequestBodySize = (long)parsed.GetValue(_body) * MiB;
            options.MaxSeriesPerRequest = parsed.GetValue(_series);
            options.MaxValuesPerSeries = parsed.GetValue(_values);
            options.MaxConcurrentRequests = parsed.GetValue(_requests);
            options.MaxQueuedWindows = parsed.GetValue(_queue);
        }, _cancellation);
        return Application.Done;
    }
}
