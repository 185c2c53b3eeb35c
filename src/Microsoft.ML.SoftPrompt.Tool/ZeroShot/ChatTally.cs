using System.Globalization;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.ZeroShot;

/// <summary>What a run of questions brought and cost. Series with the same values share a question.</summary>
internal sealed record ChatTally
{
    public static ChatTally None { get; } = new();

    public int Series { get; init; }

    /// <summary>Gets the series of which the last values alone were shown.</summary>
    public int Shortened { get; init; }

    /// <summary>Gets the series that the model refused to judge.</summary>
    public int Refused { get; init; }

    /// <summary>Gets the series whose answer gives no probability.</summary>
    public int Unreadable { get; init; }

    /// <summary>Gets the series that the endpoint gave no answer for.</summary>
    public int Unanswered { get; init; }

    /// <summary>Gets the questions that were sent, however often.</summary>
    public int Asked { get; init; }

    /// <summary>Gets the questions whose answers were there before.</summary>
    public int FromCache { get; init; }

    /// <summary>Gets how often a question was sent again.</summary>
    public int Retries { get; init; }

    /// <summary>Gets the tokens of all answers' prompts, those from the cache included.</summary>
    public long InputTokens { get; init; }

    /// <summary>Gets the tokens of all answers, those from the cache included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Gets the tokens of prompts that this run paid for.</summary>
    public long PaidInputTokens { get; init; }

    /// <summary>Gets the tokens of answers that this run paid for.</summary>
    public long PaidOutputTokens { get; init; }

    /// <summary>Gets the series without an answer.</summary>
    public int Failed => Refused + Unreadable + Unanswered;

    public static ChatTally operator +(ChatTally left, ChatTally right) => new()
    {
        Series = left.Series + right.Series,
        Shortened = left.Shortened + right.Shortened,
        Refused = left.Refused + right.Refused,
        Unreadable = left.Unreadable + right.Unreadable,
        Unanswered = left.Unanswered + right.Unanswered,
        Asked = left.Asked + right.Asked,
        FromCache = left.FromCache + right.FromCache,
        Retries = left.Retries + right.Retries,
        InputTokens = left.InputTokens + right.InputTokens,
        OutputTokens = left.OutputTokens + right.OutputTokens,
        PaidInputTokens = left.PaidInputTokens + right.PaidInputTokens,
        PaidOutputTokens = left.PaidOutputTokens + right.PaidOutputTokens,
    };

    /// <summary>Says it in a few sentences.</summary>
    /// <param name="prices">What tokens cost; tokens alone are told when null.</param>
    public string Describe(TokenPrices? prices)
    {
        string Cost(long input, long output) =>
            $"{Numbers.Count(input)} tokens in, {Numbers.Count(output)} out" + (prices is null ? "" : string.Create(CultureInfo.InvariantCulture, $" (cost {prices.Of(input, output):0.####})"));
        string failed = Failed == 0
            ? "all have an answer"
            : $"{Failed} without an answer ({Refused} refused, {Unreadable} unreadable, {Unanswered} unanswered), scored {ChatMethod.NeutralScore.ToString(CultureInfo.InvariantCulture)}";
        string shortened = Shortened == 0 ? "" : $" Of {Numbers.Count(Shortened)} the last {ChatPrompt.MostValues} values were shown.";
        return $"{Numbers.Count(Series, "series", "series")}: {failed}.{shortened} {Numbers.Count(Asked, "question", "questions")} asked, {Numbers.Count(FromCache)} answered from the file, "
            + $"{Numbers.Count(Retries, "retry", "retries")}. {Cost(InputTokens, OutputTokens)}; of these now {Cost(PaidInputTokens, PaidOutputTokens)}.";
    }
}
