namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Bytes that arrive over time.</summary>
internal abstract class LiveSource : IDisposable
{
    /// <summary>How long a call waits for more, which is how late an interrupt or a new line is noticed.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    /// <summary>Reads what has arrived; waits a moment where nothing has.</summary>
    public abstract LiveRead Read(byte[] buffer, CancellationToken cancellation);

    public abstract void Dispose();
}

/// <param name="Count">Bytes that were read; 0 where none arrived.</param>
/// <param name="StartsAnew">Whether they are the first ones of what took the place of all before.</param>
/// <param name="Ended">Whether there never will be more.</param>
internal readonly record struct LiveRead(int Count, bool StartsAnew = false, bool Ended = false);
