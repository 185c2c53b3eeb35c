using System.Text.Json.Serialization;

namespace Microsoft.ML.SoftPrompt.Tool.ZeroShot;

// The parts of OpenAI's chat completions that are used here; servers add others, and leave out what they do not know.

internal sealed record ChatRequest(
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("messages")] IReadOnlyList<ChatRequestMessage> Messages,
    [property: JsonPropertyName("temperature")] float? Temperature,
    [property: JsonPropertyName("max_completion_tokens")] int? MaxCompletionTokens);

internal sealed record ChatRequestMessage(
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("content")] string Content);

internal sealed record ChatCompletion(
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("model")] string? Model,
    [property: JsonPropertyName("choices")] IReadOnlyList<ChatChoice?>? Choices,
    [property: JsonPropertyName("usage")] ChatUsage? Usage);

internal sealed record ChatChoice(
    [property: JsonPropertyName("message")] ChatChoiceMessage? Message,
    [property: JsonPropertyName("finish_reason")] string? FinishReason);

internal sealed record ChatChoiceMessage(
    [property: JsonPropertyName("content")] string? Content,
    [property: JsonPropertyName("refusal")] string? Refusal);

internal sealed record ChatUsage(
    [property: JsonPropertyName("prompt_tokens")] long? PromptTokens,
    [property: JsonPropertyName("completion_tokens")] long? CompletionTokens);
