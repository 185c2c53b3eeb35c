using System.CommandLine;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Tool.ZeroShot;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.ZeroShot;

public class ChatMethodOptionsTests
{
    private readonly Command _command = new("benchmark");
    private readonly ChatMethodOptions _options;

    public ChatMethodOptionsTests() => _options = new ChatMethodOptions(_command);

    private ParseResult Parse(string arguments) => _command.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public void Without_an_endpoint_there_is_no_method() => _options.Create(Parse("")).Should().BeNull();

    [Fact]
    public void The_key_comes_from_the_environment()
    {
        const string Variable = "SOFTPROMPT_TEST_KEY";
        using var buffers = new Buffers();
        using ChatServer server = ChatServer.Saying(_ => "{\"probability\": 0.25, \"key\": \"sk-test\"}");
        Environment.SetEnvironmentVariable(Variable, "sk-test");
        try
        {
            string answers = buffers.Path("answers.jsonl");
            using (ChatMethod method = _options.Create(Parse(
                $"--zero-shot-endpoint {server.Endpoint} --zero-shot-model small --zero-shot-key-variable {Variable} --zero-shot-own-temperature --zero-shot-answers {answers} --zero-shot-prices 2.5/10"))!)
            {
                method.Score([new LabeledSeries(new float[] { 1 }, new bool[1])]).Should().Equal(0.25);
                method.Identity.Should().Be($"127.0.0.1:{server.Endpoint.Port} small temperature own");
            }

            ChatServer.Request request = server.Requests.Single();
            request.Head.Should().Contain("Authorization: Bearer sk-test");
            request.Body.Should().NotContain("temperature").And.Contain("\"max_completion_tokens\":1024");
            File.ReadAllText(answers).Should().NotContain("sk-test").And.Contain("0.25");
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    [Fact]
    public void Prices_are_told_where_they_are_given()
    {
        _options.Prices(Parse("--zero-shot-endpoint https://a.b --zero-shot-model m --zero-shot-prices 2.5/10")).Should().Be(new TokenPrices(2.5, 10));
        _options.Prices(Parse("--zero-shot-endpoint https://a.b --zero-shot-model m")).Should().BeNull();
    }

    [Theory]
    [InlineData("https://api.openai.com/v1", "org/model", "api.openai.com:443 org/model temperature 0")]
    [InlineData("http://LocalHost:8080/v1/", "org/model", "localhost:8080 org/model temperature 0")]
    [InlineData("http://[::1]:8081", "small", "[::1]:8081 small temperature 0")]
    public void Endpoint_model_and_temperature_tell_methods_apart(string endpoint, string model, string identity)
    {
        using ChatMethod method = _options.Create(Parse($"--zero-shot-endpoint {endpoint} --zero-shot-model {model} --zero-shot-key-variable SOFTPROMPT_NO_SUCH_KEY"))!;
        method.Identity.Should().Be(identity);
    }

    [Theory]
    [InlineData("--zero-shot-endpoint https://a.b", "--zero-shot-endpoint and --zero-shot-model belong together; give both.")]
    [InlineData("--zero-shot-model small", "--zero-shot-endpoint and --zero-shot-model belong together; give both.")]
    [InlineData("--zero-shot-retries 3", "--zero-shot-retries is for --zero-shot-endpoint; give both.")]
    [InlineData("--zero-shot-endpoint ftp://a.b --zero-shot-model m", "--zero-shot-endpoint must be an address that begins with https:// or http://")]
    [InlineData("--zero-shot-endpoint a.b --zero-shot-model m", "--zero-shot-endpoint must be an address")]
    [InlineData("--zero-shot-endpoint https://name:secret@a.b --zero-shot-model m", "without a name, a key or a query in it")]
    [InlineData("--zero-shot-endpoint https://a.b?key=secret --zero-shot-model m", "without a name, a key or a query in it")]
    [InlineData("--zero-shot-endpoint https://a.b --zero-shot-model m --zero-shot-prices 3", "--zero-shot-prices is '3'; two numbers of at least 0")]
    [InlineData("--zero-shot-endpoint https://a.b --zero-shot-model m --zero-shot-prices 3/-1", "--zero-shot-prices is '3/-1'")]
    [InlineData("--zero-shot-endpoint https://a.b --zero-shot-model m --zero-shot-concurrency 0", "--zero-shot-concurrency is '0'; a whole number from 1 to 256")]
    [InlineData("--zero-shot-endpoint https://a.b --zero-shot-model m --zero-shot-failed-share 2", "--zero-shot-failed-share is '2'")]
    public void What_does_not_fit_is_wrong_usage(string arguments, string message) =>
        Parse(arguments).Errors.Should().Contain(error => error.Message.Contains(message)).And.NotContain(error => error.Message.Contains("secret"));
}
