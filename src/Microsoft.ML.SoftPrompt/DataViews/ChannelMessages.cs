using Microsoft.ML.Runtime;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>Messages to ML.NET's log, written alike whatever the culture of the application.</summary>
internal static class ChannelMessages
{
    public static void Tell(this IChannel channel, FormattableString message) => channel.Info(MessageSensitivity.Schema, FormattableString.Invariant(message));

    public static void Warn(this IChannel channel, FormattableString message, MessageSensitivity sensitivity = MessageSensitivity.Schema) =>
        channel.Warning(sensitivity, FormattableString.Invariant(message));
}
