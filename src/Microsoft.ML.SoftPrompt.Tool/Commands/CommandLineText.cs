namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>Writes commands that the user can copy.</summary>
internal static class CommandLineText
{
    /// <summary>An argument as shells take it: quoted where a character would mean something to them.</summary>
    public static string Quote(string argument) =>
        argument.Length > 0 && argument.All(symbol => char.IsAsciiLetterOrDigit(symbol) || "/\\.-_:,=+~@".Contains(symbol, StringComparison.Ordinal)) ? argument : $"\"{argument}\"";

    public static string Data(Data.SeriesSource source)
    {
        var parts = new List<string> { "--data" };
        parts.AddRange(source.Data.Select(Quote));
        foreach ((string option, string? value) in new[] { ("--labels", source.LabelFile), ("--value", source.Named.Value), ("--time", source.Named.Time), ("--label", source.Named.Label), ("--group", source.Named.Group) })
        {
            if (value is not null)
                parts.AddRange([option, Quote(value)]);
        }
        return string.Join(' ', parts);
    }
}
