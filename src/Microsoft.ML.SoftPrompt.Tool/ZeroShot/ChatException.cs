namespace Microsoft.ML.SoftPrompt.Tool.ZeroShot;

/// <summary>A request to a chat endpoint that brought no answer; the message is written for the user and never holds the key.</summary>
internal sealed class ChatException(string message, ChatFault fault, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    public ChatFault Fault { get; } = fault;

    /// <summary>Gets how long the endpoint asks to wait; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>What a failed request means for the others.</summary>
internal enum ChatFault
{
    /// <summary>The same request may succeed later: a full queue, a server's error, a broken connection, no answer in time.</summary>
    Passing,

    /// <summary>Nothing listens: the same request may succeed later, and while it does not, no other will.</summary>
    Unreachable,

    /// <summary>This request will not succeed; others may.</summary>
    Request,

    /// <summary>No request will succeed: a wrong address, model or key.</summary>
    Endpoint,
}
