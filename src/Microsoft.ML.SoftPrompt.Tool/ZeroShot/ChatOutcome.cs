namespace Microsoft.ML.SoftPrompt.Tool.ZeroShot;

/// <summary>What became of a question.</summary>
/// <param name="Answer">The answer; null where there is none.</param>
/// <param name="FromCache">Whether it was there before.</param>
/// <param name="Fault">Why there is none.</param>
internal sealed record ChatOutcome(ChatAnswer? Answer, bool FromCache = false, string? Fault = null)
{
    /// <summary>Gets the probability that the series is anomalous; null where the series has no answer.</summary>
    public double? Probability => Answer?.Probability;

    /// <summary>Gets why the series has no answer; null where it has one.</summary>
    public string? Failure => this switch
    {
        { Answer: null } => Fault,
        { Answer.Refused: true } => $"the model refused: {Begin(Answer.Text)}",
        { Answer.Probability: null } => $"the answer says nothing: {Begin(Answer.Text)}",
        _ => null,
    };

    private static string Begin(string text)
    {
        const int Longest = 100;
        return string.Concat(text.Take(Longest).Select(symbol => char.IsControl(symbol) || char.IsSurrogate(symbol) ? ' ' : symbol)) + (text.Length > Longest ? " …" : "");
    }
}
