using System.Diagnostics;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Tool.ZeroShot;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.ZeroShot;

public class ChatMethodTests
{
    private static readonly ChatSettings s_settings = new() { Model = "small", FirstWait = TimeSpan.FromMilliseconds(1), FailedShare = 1 };

    private static ChatMethod Method(ChatServer server, ChatSettings? settings = null, string? answers = null, double seconds = 20, IProgress<ChatProgress>? progress = null) =>
        new(new OpenAIChatClient(server.Endpoint, "small", null, TimeSpan.FromSeconds(seconds)), settings ?? s_settings, new AnswerCache(answers)) { Progress = progress };

    private static LabeledSeries Series(params float[] values) => new(values, new bool[1]);

    private static LabeledSeries[] Different(int count) => [.. Enumerable.Range(0, count).Select(i => Series(i, 100))];

    /// <summary>The first value of the series that is asked about, as its probability in percent.</summary>
    private static string FirstValue(ChatServer.Request request) => request.Question.Split('\n')[1].Split(',')[0] + "%";

    [Fact]
    public void Scores_are_the_probabilities_in_the_order_of_the_series()
    {
        using ChatServer server = ChatServer.Saying(FirstValue);
        using ChatMethod method = Method(server);

        method.Fit([], [], seed: 1).Score(Different(20)).Should().Equal(Enumerable.Range(0, 20).Select(i => i / 100.0));

        method.Tally.Should().Be(ChatTally.None with { Series = 20, Asked = 20, InputTokens = 2000, OutputTokens = 140, PaidInputTokens = 2000, PaidOutputTokens = 140 });
        method.Name.Should().Be("Zero-shot small");
        server.Requests.Select(request => request.Question).Should().Contain(question => question.Contains("\n7, 100\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Series_of_the_same_values_share_a_question()
    {
        using ChatServer server = ChatServer.Saying(_ => "maybe");
        using ChatMethod method = Method(server);

        method.Score([Series(1, 2), Series(3), Series(1, 2)]).Should().Equal(ChatMethod.NeutralScore, ChatMethod.NeutralScore, ChatMethod.NeutralScore);

        (method.Tally.Asked, method.Tally.Series, method.Tally.Unreadable).Should().Be((2, 3, 3));
        server.Requests.Should().HaveCount(2);
    }

    [Fact]
    public void Of_a_long_series_the_last_values_are_shown_and_that_is_counted()
    {
        using ChatServer server = ChatServer.Saying(_ => "no");
        using ChatMethod method = Method(server);

        method.Score([Series([.. Enumerable.Range(0, ChatPrompt.MostValues + 3).Select(i => (float)i)])]);

        server.Requests.Single().Question.Should().Contain("order of time.\n3, 4, 5,");
        method.Tally.Shortened.Should().Be(1);
    }

    [Fact]
    public void A_busy_endpoint_is_waited_for_as_long_as_it_asks()
    {
        using var server = new ChatServer(request => request.Number == 0 ? request.Send("slow down", "429 Too Many Requests", "Retry-After: 1") : request.Say("0.75"));
        using ChatMethod method = Method(server);

        method.Score([Series(1)]).Should().Equal(0.75);

        DateTime[] times = [.. server.Requests.Select(request => request.Time).Order()];
        (times[1] - times[0]).Should().BeGreaterThan(TimeSpan.FromSeconds(0.9));
        (method.Tally.Retries, method.Tally.Asked).Should().Be((1, 1));
    }

    [Fact]
    public void Passing_faults_are_tried_again()
    {
        using var server = new ChatServer(request => request.Number switch
        {
            0 => request.Send("<html>oops</html>", "502 Bad Gateway"),
            1 => request.SendRaw("HTTP/1.1 200 OK\r\nContent-Le"),
            2 => Task.Delay(Timeout.Infinite, request.Ended),
            _ => request.Say("yes"),
        });
        using ChatMethod method = Method(server, seconds: 2);

        method.Score([Series(1)]).Should().Equal(1);

        method.Tally.Retries.Should().BeInRange(3, 5, "a loaded machine may answer too late, too");
    }

    [Fact]
    public void A_wait_beyond_all_measure_is_a_failure()
    {
        using var server = new ChatServer(request => request.Send("tomorrow", "429 Too Many Requests", "Retry-After: 86400"));
        using ChatMethod method = Method(server);
        var clock = Stopwatch.StartNew();

        ChatOutcome outcome = method.Ask([Series(1)]).Single();

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20));
        (outcome.Probability, outcome.Failure).Should().Be((null, $"'{server.Endpoint}/chat/completions' answered 429 (tomorrow)."));
        (method.Tally.Retries, method.Tally.Unanswered).Should().Be((0, 1));
    }

    [Fact]
    public void Which_series_have_no_answer_is_told_and_why()
    {
        using var server = new ChatServer(request => FirstValue(request) switch
        {
            "0%" => request.Say("{\"probability\": 0.9}"),
            "1%" => request.Send(ChatServer.Completion(null, refusal: "I would rather not")),
            "2%" => request.Send(ChatServer.Completion("0.3", finish: "content_filter")),
            "3%" => request.Say("It depends."),
            "4%" => request.Send("<html>Welcome</html>"),
            _ => request.Send("too long", "400 Bad Request"),
        });
        using ChatMethod method = Method(server);

        IReadOnlyList<ChatOutcome> outcomes = method.Ask(Different(6));

        outcomes.Select(outcome => outcome.Probability).Should().Equal(0.9, null, null, null, null, null);
        outcomes[0].Failure.Should().BeNull();
        outcomes[1].Failure.Should().Be("the model refused: I would rather not");
        outcomes[2].Failure.Should().Be("the model refused: 0.3");
        outcomes[3].Failure.Should().Be("the answer says nothing: It depends.");
        outcomes[4].Failure.Should().Contain("something else than a chat completion (<html>Welcome</html>)");
        outcomes[5].Failure.Should().Contain("answered 400 (too long)");
        method.Score(Different(6)).Should().Equal(0.9, 0.5, 0.5, 0.5, 0.5, 0.5);
        (method.Tally.Refused, method.Tally.Unreadable, method.Tally.Unanswered, method.Tally.Retries).Should().Be((4, 2, 4, 0));
        // The second call finds four answers of the first, and asks twice more for what brought none.
        (method.Tally.Asked, method.Tally.FromCache, method.Tally.PaidInputTokens, method.Tally.InputTokens).Should().Be((8, 4, 400, 800));
        method.Tally.Describe(new TokenPrices(2.5, 10)).Should().Be(
            "12 series: 10 without an answer (4 refused, 2 unreadable, 4 unanswered), scored 0.5. 8 questions asked, 4 answered from the file, 0 retries. "
            + "800 tokens in, 56 out (cost 0.0026); of these now 400 tokens in, 28 out (cost 0.0013).");
    }

    [Fact]
    public void A_key_that_is_sent_back_is_neither_kept_nor_told()
    {
        const string Key = "sk-very-secret";
        using var buffers = new Buffers();
        string answers = buffers.Path("answers.jsonl");
        using var server = new ChatServer(request => request.Send(FirstValue(request) == "0%" ? ChatServer.Completion($"unlike {Key}") : ChatServer.Completion(null, refusal: $"not with {Key}")));
        using (ChatMethod method = new(new OpenAIChatClient(server.Endpoint, "small", Key, TimeSpan.FromSeconds(20)), s_settings, new AnswerCache(answers)))
            method.Ask(Different(2)).Select(outcome => outcome.Failure).Should().Equal("the answer says nothing: unlike ***", "the model refused: not with ***");
        File.ReadAllText(answers).Should().Contain("unlike ***").And.Contain("not with ***").And.NotContain(Key);
    }

    [Fact]
    public void Too_many_failures_end_the_run_at_once()
    {
        using ChatServer server = ChatServer.Saying(_ => "It depends.");
        using ChatMethod method = Method(server, s_settings with { FailedShare = 0.05, Concurrency = 1 });

        Action score = () => method.Score(Different(60));

        score.Should().Throw<ToolException>().WithMessage("Zero-shot small: 4 of 60 series have no answer, and 3 may be without. The last: the answer says nothing: It depends.*");
        server.Requests.Should().HaveCount(4, "three in sixty may fail");
        method.Tally.PaidOutputTokens.Should().Be(28, "what was paid for is told");
    }

    [Theory]
    [InlineData(0.05, 2)]
    [InlineData(0.2, 2)]
    [InlineData(0.25, 3)]
    [InlineData(0, 0)]
    public void Of_few_series_a_single_refusal_does_not_end_the_run(double share, int allowed)
    {
        int refused = allowed;
        using var server = new ChatServer(request => request.Number < refused ? request.Send(ChatServer.Completion(null, refusal: "no")) : request.Say("0.75"));
        using (ChatMethod method = Method(server, s_settings with { FailedShare = share, Concurrency = 1 }))
            method.Score(Different(12)).Count(score => score == ChatMethod.NeutralScore).Should().Be(allowed);

        using var worse = new ChatServer(request => request.Number <= refused ? request.Send(ChatServer.Completion(null, refusal: "no")) : request.Say("0.75"));
        using ChatMethod failing = Method(worse, s_settings with { FailedShare = share, Concurrency = 1 });
        Action score = () => failing.Score(Different(12));
        score.Should().Throw<ToolException>().WithMessage($"*{allowed + 1} of 12 series have no answer, and {allowed} may be without.*");
    }

    [Fact]
    public void A_wrong_key_ends_the_run_at_once()
    {
        using var server = new ChatServer(request => request.Send("{\"error\":{\"message\":\"Incorrect API key\"}}", "401 Unauthorized"));
        using ChatMethod method = Method(server, s_settings with { Concurrency = 1 });
        Action score = () => method.Score(Different(10));
        score.Should().Throw<ToolException>().WithMessage("*answered 401 (*Incorrect API key*). Check the address, the model's name, and the key in its environment variable.");
        server.Requests.Should().ContainSingle();
    }

    [Fact]
    public void Where_nothing_listens_the_run_ends_after_the_retries_of_one_question()
    {
        var server = new ChatServer(request => request.Say("no"));
        using ChatMethod method = Method(server, s_settings with { Concurrency = 1, Retries = 2 });
        server.Dispose();

        Action score = () => method.Score(Different(10));

        score.Should().Throw<ToolException>().WithMessage("*cannot be reached: *Check the address*");
        (method.Tally.Asked, method.Tally.Retries).Should().Be((1, 2));
    }

    [Fact]
    public void No_more_requests_are_under_way_than_allowed()
    {
        using var server = new ChatServer(async request =>
        {
            await Task.Delay(50, request.Ended);
            await request.Say("no");
        });
        using ChatMethod method = Method(server, s_settings with { Concurrency = 3 });
        method.Score(Different(12));
        server.MostUnderWay.Should().BeInRange(2, 3);
    }

    [Fact]
    public void An_interrupted_run_goes_on_without_paying_twice()
    {
        using var buffers = new Buffers();
        string answers = buffers.Path("answers.jsonl");
        using var cancellation = new CancellationTokenSource();
        using var server = new ChatServer(request =>
        {
            if (request.Number == 5)
                cancellation.Cancel();
            return request.Number == 2 ? request.Send(ChatServer.Completion(null, refusal: "no")) : request.Say(FirstValue(request));
        });
        using (ChatMethod first = Method(server, s_settings with { Concurrency = 1 }, answers))
        {
            Action score = () => first.Score(Different(10), cancellation.Token);
            score.Should().Throw<OperationCanceledException>();
        }
        int kept = File.ReadLines(answers).Count();
        kept.Should().BeInRange(5, 6);

        using (ChatMethod second = Method(server, s_settings with { Concurrency = 1 }, answers))
        {
            second.Score(Different(10)).Where(score => score == ChatMethod.NeutralScore).Should().ContainSingle();

            (second.Tally.Asked, second.Tally.FromCache, second.Tally.Refused).Should().Be((10 - kept, kept, 1));
        }
        File.ReadLines(answers).Should().HaveCount(10);
        using ChatMethod otherModel = new(new OpenAIChatClient(server.Endpoint, "large", null, TimeSpan.FromSeconds(20)), s_settings with { Model = "large" }, new AnswerCache(null));
        otherModel.Score([Series(0, 100)]);
        otherModel.Tally.Asked.Should().Be(1);
    }

    [Fact]
    public void What_was_cut_off_before_the_answer_is_asked_for_again_by_the_next_run()
    {
        using var buffers = new Buffers();
        string answers = buffers.Path("answers.jsonl");
        using var server = new ChatServer(request => request.Send(request.Body.Contains("\"max_completion_tokens\":10}", StringComparison.Ordinal)
            ? ChatServer.Completion(FirstValue(request) == "0%" ? "0.25" : "<think>perhaps {\"probability\": 0.3}, but", finish: "length")
            : ChatServer.Completion("0.75")));
        using (ChatMethod low = Method(server, s_settings with { MaxOutputTokens = 10 }, answers))
        {
            low.Score(Different(2)).Should().Equal(0.25, ChatMethod.NeutralScore);
            low.Score(Different(2)).Should().Equal([0.25, ChatMethod.NeutralScore], "with the same limit the answer would be the same");
            low.Tally.Asked.Should().Be(2);
        }
        File.ReadLines(answers).Should().ContainSingle();

        using ChatMethod high = Method(server, s_settings with { MaxOutputTokens = 1000 }, answers);
        high.Score(Different(2)).Should().Equal(0.25, 0.75);
        (high.Tally.Asked, high.Tally.FromCache).Should().Be((1, 1));
    }

    [Fact]
    public void Progress_is_told()
    {
        using ChatServer server = ChatServer.Saying(_ => "no");
        var reports = new Reports();
        using ChatMethod method = Method(server, progress: reports);
        method.Score(Different(5));
        reports.All.Select(report => (report.Done, report.Total)).Should().Equal((1, 5), (2, 5), (3, 5), (4, 5), (5, 5));
        reports.All[^1].EstimatedRemaining.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Labels_of_values_are_refused()
    {
        using ChatServer server = ChatServer.Saying(_ => "no");
        using ChatMethod method = Method(server);
        LabeledSeries points = new(new float[] { 1, 2 }, new bool[2]);
        foreach (Action act in (Action[])[() => method.Fit([points], [], 1), () => method.Score([points])])
            act.Should().Throw<NotSupportedException>().WithMessage("Series 0 (from 0) has 2 labels*");
        server.Requests.Should().BeEmpty();
    }

    private sealed class Reports : IProgress<ChatProgress>
    {
        public List<ChatProgress> All { get; } = [];

        public void Report(ChatProgress value)
        {
            lock (All)
                All.Add(value);
        }
    }
}
