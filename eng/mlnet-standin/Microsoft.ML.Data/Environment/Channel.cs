using System;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Sends messages to the context's log, its own start and end included, as ML.NET does.</summary>
internal sealed class Channel : IChannel
{
    private readonly IExceptionContext _owner;
    private readonly string _fullName;
    private readonly Action<string, ChannelMessage> _listener;
    private bool _disposed;

    public Channel(IExceptionContext owner, string fullName, Action<string, ChannelMessage> listener)
    {
        _owner = owner;
        _fullName = fullName;
        _listener = listener;
        Trace(MessageSensitivity.None, "Channel started");
    }

    public string ContextDescription => _fullName;

    public TException Process<TException>(TException ex)
        where TException : Exception =>
        _owner.Process(ex);

    public void Send(ChannelMessage msg) => _listener(_fullName, msg);

    public void Trace(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Trace, sensitivity, fmt));

    public void Trace(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new(ChannelMessageKind.Trace, sensitivity, fmt, args));

    public void Error(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Error, sensitivity, fmt));

    public void Error(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new(ChannelMessageKind.Error, sensitivity, fmt, args));

    public void Warning(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Warning, sensitivity, fmt));

    public void Warning(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new(ChannelMessageKind.Warning, sensitivity, fmt, args));

    public void Info(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Info, sensitivity, fmt));

    public void Info(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new(ChannelMessageKind.Info, sensitivity, fmt, args));

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Trace(MessageSensitivity.None, "Channel disposed");
    }
}
