using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Tests.Models;

[Collection(Serving.Name)]
public sealed class ModelWatcherTests(ToyModels models)
{
    [Fact]
    public async Task A_model_that_comes_later_is_taken_and_health_tells_of_it()
    {
        await using ServedApp app = await ServedApp.Start(model: null);
        (int status, JsonElement health) = await app.Health();
        status.Should().Be(503);
        health.GetProperty("status").GetString().Should().Be("no model");
        health.GetProperty("fault").GetProperty("detail").GetString().Should().Be("The model's file is not there.");

        DateTimeOffset before = DateTimeOffset.UtcNow;
        app.Replace(models.Windows);
        await app.Until(async () => (await app.Health()).Status == 200);

        JsonElement model = (await app.Health()).Body.GetProperty("model");
        model.GetProperty("name").GetString().Should().Be("model.zip");
        model.GetProperty("version").GetString().Should().HaveLength(12);
        model.GetProperty("since").GetDateTimeOffset().Should().BeOnOrAfter(before).And.BeOnOrBefore(DateTimeOffset.UtcNow);
        model.GetProperty("window").GetInt32().Should().Be(12);
        model.GetProperty("stride").GetInt32().Should().Be(12);
        model.GetProperty("labels").GetString().Should().Be("windows");
        model.GetProperty("groups").GetInt32().Should().Be(3);
        model.GetProperty("backbone").GetString().Should().NotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_broken_or_half_written_file_keeps_the_model_and_says_so()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows);
        string version = await Version(app);
        byte[] other = await File.ReadAllBytesAsync(models.Other);

        await File.WriteAllBytesAsync(app.ModelPath, other[..(other.Length / 2)]);
        await app.Until(async () => (await app.Health()).Body.TryGetProperty("fault", out _));

        (int status, JsonElement health) = await app.Health();
        status.Should().Be(200);
        health.GetProperty("fault").GetProperty("detail").GetString().Should().Contain("damaged").And.NotContain(Path.GetTempPath());
        (await app.Answer("score", new { key = "a", values = new[] { 1 } })).GetProperty("model").GetProperty("version").GetString().Should().Be(version);

        await File.WriteAllBytesAsync(app.ModelPath, other);
        await app.Until(async () => await Version(app) != version);
        (await app.Health()).Body.TryGetProperty("fault", out _).Should().BeFalse();
    }

    [Fact]
    public async Task A_model_that_does_not_fit_the_options_is_refused()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => (options.Streaming.WindowSize, options.Stride) = (70, 35));

        // 70 values and a prompt of 4 are more than the backbone's 64 positions.
        (await app.Health()).Status.Should().Be(503);
    }

    [Fact]
    public async Task The_same_model_touched_or_gone_goes_on()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows);
        JsonElement model = (await app.Health()).Body.GetProperty("model");

        File.Delete(app.ModelPath);
        await app.Until(async () => (await app.Health()).Body.TryGetProperty("fault", out _));
        app.Replace(models.Windows);
        await app.Until(async () => !(await app.Health()).Body.TryGetProperty("fault", out _));

        (await app.Health()).Body.GetProperty("model").GetRawText().Should().Be(model.GetRawText());
    }

    [Fact]
    public async Task Swaps_under_load_lose_no_request_and_every_answer_is_of_the_model_it_names()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows);
        object body = new { key = "a", values = ToyModels.Series(60, 9) };
        var expected = new Dictionary<string, string>();
        foreach (string model in new[] { models.Other, models.Windows })
        {
            string before = await Version(app);
            app.Replace(model);
            await app.Until(async () => await Version(app) != before);
            JsonElement answer = await app.Answer("score", body);
            expected.Add(VersionOf(answer), answer.GetProperty("series").GetRawText());
        }
        expected.Values.Distinct().Should().HaveCount(2, "the two models differ");

        using var enough = new CancellationTokenSource();
        Task<List<JsonElement>>[] clients = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            var answers = new List<JsonElement>();
            while (!enough.IsCancellationRequested)
                answers.Add(await app.Answer("score", body));
            return answers;
        })).ToArray();
        for (int swap = 0; swap < 4; swap++)
        {
            string before = await Version(app);
            app.Replace(swap % 2 == 0 ? models.Other : models.Windows);
            await app.Until(async () => await Version(app) != before);
        }
        await enough.CancelAsync();

        JsonElement[] all = (await Task.WhenAll(clients)).SelectMany(answers => answers).ToArray();
        all.Select(VersionOf).Distinct().Should().BeEquivalentTo(expected.Keys);
        all.Should().OnlyContain(answer => answer.GetProperty("series").GetRawText() == expected[VersionOf(answer)]);
    }

    private static string VersionOf(JsonElement answer) => answer.GetProperty("model").GetProperty("version").GetString()!;

    private static async Task<string> Version(ServedApp app) => VersionOf((await app.Health()).Body);
}
