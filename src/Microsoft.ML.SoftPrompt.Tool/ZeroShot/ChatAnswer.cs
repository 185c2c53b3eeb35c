using System.Text.Json.Serialization;

namespace Microsoft.ML.SoftPrompt.Tool.ZeroShot;

/// <summary>What an endpoint answered to a prompt, as it is kept: the words, not what was read from them.</summary>
/// <param name="Text">The answer, or the words of a refusal.</param>
/// <param name="Refused">Whether the model, or a filter before it, refused to answer.</param>
/// <param name="InputTokens">What the prompt cost; 0 where the endpoint does not say.</param>
/// <param name="OutputTokens">What the answer cost; 0 where the endpoint does not say.</param>
internal sealed record ChatAnswer(
    [property: JsonRequired] string Text,
    [property: JsonRequired] bool Refused,
    [property: JsonRequired] long InputTokens,
    [property: JsonRequired] long OutputTokens)
{
    /// <summary>Gets the probability that the answer gives; null where it gives none.</summary>
    [JsonIgnore]
    public double? Probability { get; } = Refused ? null : AnswerText.Read(Text);
}
