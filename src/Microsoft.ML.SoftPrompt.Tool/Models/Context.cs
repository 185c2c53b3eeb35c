using System.Text.RegularExpressions;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>Sets up ML.NET for a command.</summary>
internal static partial class Context
{
    /// <param name="threads">How many threads compute, or null for all processors.</param>
    /// <param name="looksAgain">Whether parts of the data are looked at again later on, of which the stages have the same to say with other numbers.</param>
    public static MLContext Create(ToolConsole console, int? threads, bool looksAgain = false)
    {
        MLContext ml = CreateQuiet(threads);
        // The same data is looked through several times; what is said of it needs saying once.
        var said = new HashSet<string>(StringComparer.Ordinal);
        ml.Log += (_, message) =>
        {
            if (message.Kind is ChannelMessageKind.Warning or ChannelMessageKind.Error && said.Add(looksAgain ? Number().Replace(message.RawMessage, "") : message.RawMessage))
                console.Warn(message.RawMessage);
        };
        return ml;
    }

    /// <summary>Without a word of what the stages have to say, for a program that trains hundreds of times.</summary>
    public static MLContext CreateQuiet(int? threads)
    {
        if (threads is { } count)
            Scheduler.MaxThreads = count;
        return new MLContext();
    }

    [GeneratedRegex("[0-9][0-9,.]*")]
    private static partial Regex Number();
}
