using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>Sets up ML.NET for a command.</summary>
internal static class Context
{
    /// <param name="threads">How many threads compute, or null for all processors.</param>
    public static MLContext Create(ToolConsole console, int? threads)
    {
        MLContext ml = CreateQuiet(threads);
        // The same data is looked through several times; what is said of it needs saying once.
        var said = new HashSet<string>(StringComparer.Ordinal);
        ml.Log += (_, message) =>
        {
            if (message.Kind is ChannelMessageKind.Warning or ChannelMessageKind.Error && said.Add(message.RawMessage))
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
}
