using System;

namespace Microsoft.ML.Runtime;

/// <summary>Exceptions that carry the mark of ML.NET: what makes instances tells them from others.</summary>
internal static class Contracts
{
    private const string MarkKey = "ML_IsMarked";

    public static TException Mark<TException>(this TException exception)
        where TException : Exception
    {
        exception.Data[MarkKey] = 1;
        return exception;
    }

    public static bool IsMarked(this Exception exception) => exception.Data.Contains(MarkKey);

    public static FormatException ExceptDecode(string message) => new FormatException(message).Mark();
}
