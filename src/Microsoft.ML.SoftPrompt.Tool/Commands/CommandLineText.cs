using System.CommandLine;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>Writes commands that the user can copy.</summary>
internal static class CommandLineText
{
    // A backslash parts folders on Windows; elsewhere it takes a character's meaning away.
    private static readonly string Plain = OperatingSystem.IsWindows() ? "/.-_:,=+~@\\" : "/.-_:,=+~@";

    /// <summary>An argument as shells take it: quoted where a character would mean something to them.</summary>
    public static string Quote(string argument)
    {
        if (argument.Length > 0 && argument.All(symbol => char.IsAsciiLetterOrDigit(symbol) || Plain.Contains(symbol, StringComparison.Ordinal)))
            return argument;
        if (OperatingSystem.IsWindows())
            return $"\"{argument.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        // Within double quotes these keep their meaning; within single ones nothing does.
        return argument.AsSpan().ContainsAny("\"$`\\!") ? $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'" : $"\"{argument}\"";
    }

    /// <summary>The command as it was given.</summary>
    public static string Of(ParseResult parsed) => string.Join(' ', parsed.Tokens.Select(token => Quote(token.Value)).Prepend("softprompt"));

    public static string Data(SeriesSource source)
    {
        IEnumerable<string> files = source.Data.Count == 0 ? [] : ["--data", .. source.Data.Select(Quote)];
        (string Option, string? Value)[] options =
        [
            ("--database", source.Database), ("--query", source.Query), ("--order", source.Named.Order), ("--labels", source.LabelFile),
            ("--value", source.Named.Value), ("--time", source.Named.Time), ("--label", source.Named.Label), ("--group", source.Named.Group),
        ];
        return string.Join(' ', [.. files, .. options.Where(option => option.Value is not null).SelectMany(option => new[] { option.Option, Quote(option.Value!) })]);
    }
}
