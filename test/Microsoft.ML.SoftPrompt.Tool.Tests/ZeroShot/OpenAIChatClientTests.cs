using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.ML.SoftPrompt.Tool.ZeroShot;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.ZeroShot;

public class OpenAIChatClientTests
{
    private const string Key = "sk-very-secret";

    private static Task<ChatResponse> Ask(ChatServer server, double seconds = 20, CancellationToken cancellation = default)
    {
        var client = new OpenAIChatClient(server.Endpoint, "small", Key, TimeSpan.FromSeconds(seconds));
        return client.GetResponseAsync([new(ChatRole.System, "be brief"), new(ChatRole.User, "1, 2 – ok?")], new ChatOptions { Temperature = 0, MaxOutputTokens = 50 }, cancellation);
    }

    private static async Task<ChatException> Fails(Func<ChatServer.Request, Task> answer, double seconds = 20)
    {
        using var server = new ChatServer(answer);
        Func<Task> ask = () => Ask(server, seconds);
        ChatException fault = (await ask.Should().ThrowAsync<ChatException>()).Which;
        fault.Message.Should().NotContain(Key).And.Contain(server.Endpoint.ToString());
        return fault;
    }

    [Fact]
    public async Task It_speaks_the_protocol()
    {
        using ChatServer server = ChatServer.Saying(_ => "fine – ☺");

        ChatResponse response = await Ask(server);

        response.Text.Should().Be("fine – ☺");
        (response.FinishReason, response.ModelId, response.Usage!.InputTokenCount, response.Usage.OutputTokenCount).Should().Be((ChatFinishReason.Stop, "small-1", 100, 7));
        ChatServer.Request request = server.Requests.Single();
        request.Head.Should().StartWith("POST /v1/chat/completions HTTP/1.1\r\n").And.Contain($"Authorization: Bearer {Key}\r\n").And.Contain("Content-Type: application/json");
        JsonElement body = JsonDocument.Parse(request.Body).RootElement;
        body.EnumerateObject().Select(field => field.Name).Should().Equal("model", "messages", "temperature", "max_completion_tokens");
        (body.GetProperty("model").GetString(), body.GetProperty("temperature").GetDouble(), body.GetProperty("max_completion_tokens").GetInt32()).Should().Be(("small", 0, 50));
        body.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()).Should().Equal("system", "user");
    }

    [Fact]
    public async Task An_answer_may_lack_what_is_not_needed()
    {
        using var server = new ChatServer(request => request.Send("""{"choices":[{"message":{"content":"yes"}}],"more":[1]}"""));
        using var client = new OpenAIChatClient(server.Endpoint, "small", key: null, TimeSpan.FromSeconds(20));

        ChatResponse response = await client.GetResponseAsync([new(ChatRole.User, "?")]);

        (response.Text, response.Usage, response.FinishReason).Should().Be(("yes", null, null));
        server.Requests.Single().Head.Should().NotContain("Authorization");
        server.Requests.Single().Body.Should().NotContain("temperature");
    }

    [Fact]
    public async Task A_refusal_is_told_from_words()
    {
        using var server = new ChatServer(request => request.Send(ChatServer.Completion(null, refusal: "I cannot judge this")));

        ChatResponse response = await Ask(server);

        response.Messages.Single().Contents.OfType<ErrorContent>().Single().Message.Should().Be("I cannot judge this");
    }

    [Fact]
    public async Task A_key_that_is_sent_back_is_struck_out()
    {
        using var server = new ChatServer(request => request.Send(request.Number == 0
            ? ChatServer.Completion($"Your key {Key}? 0.5 {Key}")
            : ChatServer.Completion(null, refusal: $"Not for {Key}")));

        (await Ask(server)).Text.Should().Be("Your key ***? 0.5 ***");
        (await Ask(server)).Messages.Single().Contents.OfType<ErrorContent>().Single().Message.Should().Be("Not for ***");
    }

    [Theory]
    [InlineData("408 Request Timeout", nameof(ChatFault.Passing))]
    [InlineData("429 Too Many Requests", nameof(ChatFault.Passing))]
    [InlineData("500 Internal Server Error", nameof(ChatFault.Passing))]
    [InlineData("503 Service Unavailable", nameof(ChatFault.Passing))]
    [InlineData("400 Bad Request", nameof(ChatFault.Request))]
    [InlineData("413 Content Too Large", nameof(ChatFault.Request))]
    [InlineData("401 Unauthorized", nameof(ChatFault.Endpoint))]
    [InlineData("403 Forbidden", nameof(ChatFault.Endpoint))]
    [InlineData("404 Not Found", nameof(ChatFault.Endpoint))]
    public async Task A_status_says_whether_to_try_again(string status, string fault)
    {
        ChatException failure = await Fails(request => request.Send($"<html>no,\u001b[31m {Key} is\nwrong", status));
        failure.Fault.ToString().Should().Be(fault);
        failure.Message.Should().EndWith($"answered {status[..3]} (<html>no, [31m *** is wrong).");
        failure.RetryAfter.Should().BeNull();
    }

    [Fact]
    public async Task The_wait_that_is_asked_for_is_told()
    {
        (await Fails(request => request.Send("", "429 Too Many Requests", "Retry-After: 7"))).RetryAfter.Should().Be(TimeSpan.FromSeconds(7));
        ChatException until = await Fails(request => request.Send("", "503 Service Unavailable", $"Retry-After: {DateTime.UtcNow.AddMinutes(2):R}"));
        until.RetryAfter.Should().BeCloseTo(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("<html><body>Welcome</body></html>")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":[null]}""")]
    [InlineData("""{"choices":[{"message":null}]}""")]
    [InlineData("""{"choices":[{"message":{"content":{"a":1}}}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"\ud800"}}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"cut of""")]
    public async Task What_is_no_chat_completion_is_a_fault_of_the_request(string body)
    {
        ChatException fault = await Fails(request => request.Send(body));
        fault.Fault.Should().Be(ChatFault.Request);
        fault.Message.Should().Contain("answered with something else than a chat completion");
    }

    [Fact]
    public async Task A_slow_answer_is_given_up()
    {
        var clock = Stopwatch.StartNew();
        ChatException fault = await Fails(request => Task.Delay(Timeout.Infinite, request.Ended), seconds: 0.3);
        (fault.Fault, clock.Elapsed < TimeSpan.FromSeconds(10)).Should().Be((ChatFault.Passing, true));
        fault.Message.Should().Contain("did not answer within 0.3 s");
    }

    [Fact]
    public async Task An_answer_that_trickles_is_given_up()
    {
        ChatException fault = await Fails(
            async request =>
            {
                await request.SendRaw("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
                while (true)
                {
                    await request.SendRaw(" ");
                    await Task.Delay(20, request.Ended);
                }
            },
            seconds: 0.5);
        fault.Fault.Should().Be(ChatFault.Passing);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off()
    {
        long sent = 0;
        ChatException fault = await Fails(async request =>
        {
            await request.SendRaw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            for (string part = new('x', 1 << 14); ; sent += part.Length)
                await request.SendRaw(part);
        });
        fault.Fault.Should().Be(ChatFault.Request);
        fault.Message.Should().Contain($"more than {OpenAIChatClient.LargestAnswer} bytes");
        sent.Should().BeLessThan(64 << 20, "the connection is closed, not drained");
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"cho")]
    [InlineData("SSH-2.0-server\r\n\r\n")]
    public async Task A_connection_that_breaks_off_may_do_better_next_time(string sent)
    {
        ChatException fault = await Fails(request => request.SendRaw(sent));
        fault.Fault.Should().Be(ChatFault.Passing);
        fault.Message.Should().Contain("broke off");
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        using var other = ChatServer.Saying(_ => "yes");
        ChatException fault = await Fails(request => request.Send("", "307 Temporary Redirect", $"Location: {other.Endpoint}/chat/completions"));
        fault.Fault.Should().Be(ChatFault.Endpoint);
        other.Requests.Should().BeEmpty("the key is for the address that was given");
    }

    [Fact]
    public async Task Cancelled_it_says_so()
    {
        using var server = new ChatServer(request => Task.Delay(Timeout.Infinite, request.Ended));
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        Func<Task> ask = () => Ask(server, cancellation: cancellation.Token);
        await ask.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public void A_key_is_not_sent_in_the_open()
    {
        OpenAIChatClient Client(string endpoint, string? key) => new(new Uri(endpoint), "small", key, TimeSpan.FromSeconds(1));
        Func<object> open = () => Client("http://example.org/v1", Key);
        open.Should().Throw<ToolException>().WithMessage("'http://example.org/v1' is not encrypted*").Which.Message.Should().NotContain(Key);
        Client("http://example.org/v1", null).Dispose();
        Client("http://localhost:8080/v1", Key).Dispose();
        Client("https://example.org/v1", Key).Dispose();
    }
}
