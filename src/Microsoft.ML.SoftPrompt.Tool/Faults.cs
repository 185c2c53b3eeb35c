namespace Microsoft.ML.SoftPrompt.Tool;

/// <summary>What a user is told of an exception.</summary>
internal static class Faults
{
    /// <summary>Longer messages, which quote a whole cell or a list of names, lose their middle.</summary>
    private const int LongestMessage = 4000;

    /// <summary>A message as it is printed.</summary>
    public static string Shortened(string message) =>
        message.Length <= LongestMessage ? message : $"{message.AsSpan(0, LongestMessage / 2)} […] {message.AsSpan(message.Length - LongestMessage / 2)}";

    public static string Message(Exception fault) => fault switch
    {
        AggregateException { InnerException: { } inner } => Message(inner),
        System.Reflection.TargetInvocationException { InnerException: { } inner } => Message(inner),
        // The libraries' errors are sentences for users, too; only the name of the parameter behind them is for programmers.
        ArgumentException argument when argument.ParamName is { } name => argument.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal),
        ToolException or ArgumentException or InvalidOperationException or InvalidDataException or FormatException or IOException
            or UnauthorizedAccessException or NotSupportedException => fault.Message,
        OutOfMemoryException => "not enough memory; a smaller --batch-size needs less.",
        _ => $"{fault.Message} (unexpected: {fault.GetType().Name})",
    };
}
