namespace Microsoft.ML.SoftPrompt.Tool.ZeroShot;

/// <summary>How a chat endpoint is asked.</summary>
internal sealed record ChatSettings
{
    /// <summary>So many of a call's series may be left without an answer, however few they are: a single refusal says nothing about the endpoint.</summary>
    public const int FewFailed = 2;

    /// <summary>Gets the model's name at the endpoint.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the temperature; null leaves it to the model, since some accept no other than their own.</summary>
    public float? Temperature { get; init; } = 0;

    /// <summary>Gets the most tokens of an answer, the model's thoughts included.</summary>
    public int MaxOutputTokens { get; init; } = 1024;

    /// <summary>Gets the requests under way at a time.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>Gets how often a request is tried again after a passing fault.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>Gets about how long the first of these waits where the endpoint does not say; each further one twice as long.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the longest wait; an endpoint that asks for a longer one has failed.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets the share of the series that may be left without an answer, or <see cref="FewFailed"/> series where that is more; 0 lets none.</summary>
    public double FailedShare { get; init; } = 0.05;
}

/// <summary>What a million tokens cost.</summary>
/// <param name="Input">Those of prompts.</param>
/// <param name="Output">Those of answers.</param>
internal sealed record TokenPrices(double Input, double Output)
{
    public double Of(long inputTokens, long outputTokens) => (inputTokens * Input + outputTokens * Output) / 1e6;
}
