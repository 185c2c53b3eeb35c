namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>A file of readings, or standard input.</summary>
/// <param name="Path">The path as given, or null for standard input.</param>
internal sealed record InputFile(string? Path)
{
    /// <summary>How the command line and the messages call standard input.</summary>
    public const string StandardInput = "-";

    public string DisplayName => Path ?? "standard input";
}
