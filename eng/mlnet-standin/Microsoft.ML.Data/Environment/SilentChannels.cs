using System;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Nobody listens to pipes here.</summary>
internal sealed class Pipe<TMessage>(IExceptionContext owner) : IPipe<TMessage>
{
    public string ContextDescription => owner.ContextDescription;

    public TException Process<TException>(TException ex)
        where TException : Exception =>
        owner.Process(ex);

    public void Send(TMessage msg)
    {
    }

    public void Dispose()
    {
    }
}

/// <summary>Nobody watches progress here.</summary>
internal sealed class SilentProgressChannel : IProgressChannel
{
    public static SilentProgressChannel Instance { get; } = new();

    public void SetHeader(ProgressHeader header, Action<IProgressEntry> fillAction)
    {
    }

    public void Checkpoint(params double?[] values)
    {
    }

    public IProgressChannel StartProgressChannel(string name) => this;

    public void Dispose()
    {
    }
}
