using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

[Collection(CommandTests.Name)]
public sealed partial class ServeCommandTests(TrainedModels models)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task It_serves_until_it_is_cancelled_and_ends_with_0()
    {
        using var buffers = new Buffers();
        using var stop = new CancellationTokenSource();
        Task<int> running = Start(buffers, stop.Token, "--model", models.Windows);
        using var client = new HttpClient { BaseAddress = await Address(buffers, running) };

        JsonElement health = await client.GetFromJsonAsync<JsonElement>("health");
        health.GetProperty("status").GetString().Should().Be("ready");
        (health.GetProperty("model").GetProperty("window").GetInt32(), health.GetProperty("model").GetProperty("stride").GetInt32()).Should().Be((10, 5), "they are the model's own");

        (await client.GetStringAsync("/")).Should().StartWith("<!doctype html>");
        using (HttpResponseMessage scored = await client.PostAsJsonAsync("score", new { values = Enumerable.Range(0, 30) }))
            scored.StatusCode.Should().Be(HttpStatusCode.OK);
        using (HttpResponseMessage nothing = await client.GetAsync("nothing"))
            nothing.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");

        string metrics = await client.GetStringAsync("metrics");
        metrics.Should().MatchRegex("(?m)^softprompt_windows_total\\{[^}]*\\} 5$").And.Contain("softprompt_request_duration_seconds_bucket{").And.Contain("softprompt_queue_windows{").And.Contain("softprompt_model_changes_total{");
        JsonElement openApi = await client.GetFromJsonAsync<JsonElement>("openapi/v1.json");
        openApi.GetProperty("paths").EnumerateObject().Select(path => path.Name).Should().BeEquivalentTo("/score", "/stream/{key}", "/health");
        openApi.GetProperty("components").GetProperty("schemas").GetProperty("ScoreRequest").GetProperty("properties").EnumerateObject().Select(one => one.Name)
            .Should().BeEquivalentTo("key", "values", "series", "readings");
        JsonElement Schema(string name) => openApi.GetProperty("components").GetProperty("schemas").GetProperty(name);
        Schema("ScoreRequest").GetProperty("properties").GetProperty("values").GetProperty("items").GetProperty("type").EnumerateArray().Select(type => type.GetString()).Should().BeEquivalentTo("null", "number");
        Schema("SeriesAnswer").GetProperty("required").EnumerateArray().Select(name => name.GetString()).Should().Equal("windows", "found");
        Schema("HealthAnswer").GetProperty("required").EnumerateArray().Select(name => name.GetString()).Should().Equal("status");
        Schema("StreamAnswer").GetProperty("required").EnumerateArray().Select(name => name.GetString()).Should().Equal("model", "key", "scores");

        await stop.CancelAsync();
        (await running.WaitAsync(Patience)).Should().Be(Application.Done);
        buffers.Error.Should().EndWith("stopping: what was accepted is answered\nstopped\n").And.NotContain("error:");
    }

    [Fact]
    public void What_cannot_be_served_ends_with_1_and_says_why()
    {
        using var buffers = new Buffers();

        Application.Run(["serve", "--model", buffers.Path("none.zip")], buffers.Console).Should().Be(Application.Failed);
        Application.Run(["serve", "--model", models.Windows, "--urls", "https://127.0.0.1:0"], buffers.Console).Should().Be(Application.Failed);
        Application.Run(["serve", "--model", models.Windows, "--window", "4000"], buffers.Console).Should().Be(Application.Failed);
        Application.Run(["serve", "--model", models.Windows, "--window", "12", "--stride", "13"], buffers.Console).Should().Be(Application.Failed);

        buffers.Error.Should().Contain("There is no model").And.Contain("--urls has 'https://127.0.0.1:0'; expected http://ADDRESS:PORT").And.Contain("4000").And.Contain("Stride is 13; expected 1 to the window's size");
    }

    [Fact]
    public async Task An_address_that_others_can_reach_is_warned_of()
    {
        using var buffers = new Buffers();
        using var stop = new CancellationTokenSource();
        Task<int> running = Start(buffers, stop.Token, "--model", models.Windows, "--urls", "http://0.0.0.0:0");

        await Address(buffers, running);
        await stop.CancelAsync();
        await running.WaitAsync(Patience);

        buffers.Error.Should().Contain("warning: http://0.0.0.0:0 can be reached from other machines, and there is no authentication");
    }

    private static Task<int> Start(Buffers buffers, CancellationToken stop, params string[] arguments)
    {
        string[] all = ["serve", .. arguments.Contains("--urls") ? [] : (string[])["--urls", "http://127.0.0.1:0"], .. arguments];
        return Task.Factory.StartNew(() => Application.Run(all, buffers.Console, stop), TaskCreationOptions.LongRunning);
    }

    private static async Task<Uri> Address(Buffers buffers, Task running)
    {
        using var impatience = new CancellationTokenSource(Patience);
        Match match;
        while (!(match = Listening().Match(buffers.Error)).Success)
        {
            running.IsCompleted.Should().BeFalse(buffers.Error);
            await Task.Delay(20, impatience.Token);
        }
        return new Uri(match.Groups[1].Value.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
    }

    [GeneratedRegex("listening on (http://[^;]+);")]
    private static partial Regex Listening();
}
