using System;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The root of an <see cref="MLContext"/> and the hosts registered under it.</summary>
internal abstract class EnvironmentNode : IHostEnvironmentInternal, ICancelable
{
    private readonly EnvironmentNode _parent;
    private readonly Random _random;
    private readonly Action<string, ChannelMessage> _listener;
    private volatile bool _isCanceled;

    protected EnvironmentNode(EnvironmentNode parent, Random random, Action<string, ChannelMessage> listener, string fullName)
    {
        _parent = parent;
        _random = random;
        _listener = listener;
        FullName = fullName;
    }

    public abstract ComponentCatalog ComponentCatalog { get; }

    public abstract int? Seed { get; }

    public abstract string TempFilePath { get; set; }

    public bool IsCanceled => _isCanceled || _parent?.IsCanceled == true;

    public string ContextDescription => FullName;

    public Random Rand => _random;

    /// <summary>The names from below the root down, as the log's source shows them.</summary>
    protected string FullName { get; }

    public void CancelExecution() => _isCanceled = true;

    public IHost Register(string name, int? seed = null, bool? verbose = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        lock (_random)
            return new Host(this, new Random(seed ?? _random.Next()), _listener, Below(name));
    }

    public IChannel Start(string name) => new Channel(this, Below(name), _listener);

    public IPipe<TMessage> StartPipe<TMessage>(string name) => new Pipe<TMessage>(this);

    public IProgressChannel StartProgressChannel(string name) => SilentProgressChannel.Instance;

    public TException Process<TException>(TException ex)
        where TException : Exception =>
        ex?.Mark();

    private string Below(string name) => string.IsNullOrEmpty(FullName) ? name : $"{FullName}; {name}";
}
