namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Standard input: reading it cannot be interrupted, so that a thread of its own waits for it.</summary>
internal sealed class LiveStream(Stream stream) : LiveSource
{
    private Task<int>? _pending;

    /// <param name="buffer">The same for every call.</param>
    public override LiveRead Read(byte[] buffer, CancellationToken cancellation)
    {
        _pending ??= Task.Run(() => stream.Read(buffer), CancellationToken.None);
        if (!_pending.Wait((int)Patience.TotalMilliseconds, cancellation))
            return new LiveRead(0);
        int count = _pending.GetAwaiter().GetResult();
        _pending = null;
        return new LiveRead(count, Ended: count == 0);
    }

    public override void Dispose() => stream.Dispose();
}
