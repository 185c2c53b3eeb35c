using Microsoft.Extensions.Logging;

namespace Microsoft.ML.SoftPrompt.Tool.Serving;

/// <summary>The log as plain lines of standard error.</summary>
internal sealed class ConsoleLog(ToolConsole console) : ILoggerProvider, ILogger
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        string prefix = logLevel switch { LogLevel.Information => "", LogLevel.Warning => "warning: ", _ => "error: " };
        // An unexpected fault of a service that runs for months is told whole; nobody can be asked to do it again.
        lock (_gate)
            console.Error.WriteLine($"{prefix}{formatter(state, exception)}{(exception is null ? "" : $": {exception}")}");
    }

    public void Dispose()
    {
    }
}
