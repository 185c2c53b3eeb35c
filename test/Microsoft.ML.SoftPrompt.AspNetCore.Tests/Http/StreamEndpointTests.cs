using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Tests.Http;

[Collection(Serving.Name)]
public sealed class StreamEndpointTests(ToyModels models)
{
    [Fact]
    public async Task Readings_in_parts_get_the_scores_that_whole_windows_get()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => options.Streaming.Stride = 4);
        float[] values = ToyModels.Series(30, 3);

        var scores = new List<JsonElement>();
        foreach (float[] part in new[] { values[..5], values[5..12], values[12..13], values[13..] })
            scores.AddRange((await app.Answer("stream/b", new { values = part })).GetProperty("scores").EnumerateArray());

        int[] ends = [11, 15, 19, 23, 27];
        scores.Select(score => score.GetProperty("index").GetInt32()).Should().Equal(ends);
        JsonElement whole = await app.Answer("score", new { series = ends.Select(end => new { key = "b", values = values[(end - 11)..(end + 1)] }) });
        scores.Select(score => score.GetProperty("score").GetSingle())
            .Should().Equal(whole.GetProperty("series").EnumerateArray().Select(one => one.GetProperty("windows")[0].GetProperty("score").GetSingle()));
    }

    [Fact]
    public async Task Streams_are_apart_and_times_come_back_as_universal_time()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows);
        DateTime begin = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        float[] values = ToyModels.Series(12);

        await app.Answer("stream/nobody", new { values });
        JsonElement answer = await app.Answer("stream/a", new { values, times = values.Select((_, i) => begin.AddMinutes(i).ToString("yyyy-MM-ddTHH:mm:ss")) });

        JsonElement score = answer.GetProperty("scores").EnumerateArray().Single();
        score.GetProperty("index").GetInt32().Should().Be(11);
        score.GetProperty("time").GetString().Should().Be("2026-01-01T00:11:00Z");
        answer.GetProperty("key").GetString().Should().Be("a");
        answer.GetProperty("knownKey").GetBoolean().Should().BeTrue();
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("100%25%20%C3%A4?x=/y", "100% ä")]
    public async Task A_key_is_what_the_client_escaped(string address, string key)
    {
        await using ServedApp app = await ServedApp.Start(models.Windows);

        (await app.Answer("stream/" + address, new { values = new[] { 1 } })).GetProperty("key").GetString().Should().Be(key);
    }

    [Fact]
    public async Task Requests_of_one_stream_that_wait_together_keep_their_order()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, worker: false);
        float[] values = ToyModels.Series(36);
        var answers = new List<Task<JsonElement>>();
        for (int part = 0; part < 3; part++)
        {
            answers.Add(app.Answer("stream/a", new { values = values[(12 * part)..(12 * part + 12)] }));
            int waiting = 12 * (part + 1);
            await app.Until(() => app.Queue.Windows == waiting);
        }

        await app.StartWorker();

        (await Task.WhenAll(answers)).SelectMany(answer => answer.GetProperty("scores").EnumerateArray()).Select(score => score.GetProperty("index").GetInt32())
            .Should().Equal(Enumerable.Range(11, 25));
    }

    [Fact]
    public async Task A_time_that_goes_back_is_refused_alone_and_nothing_of_its_request_is_taken_in()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, worker: false);
        Task<HttpResponseMessage> good = app.Post("stream/a", new { values = ToyModels.Series(12) }), late = app.Post("stream/b", new { values = new[] { 1, 2 }, times = new[] { "2026-01-01T00:01:00", "2026-01-01T00:00:00" } });
        await app.Until(() => app.Queue.Windows == 14);

        await app.StartWorker();

        using HttpResponseMessage answered = await good, refused = await late;
        ((int)answered.StatusCode).Should().Be(200);
        await BadRequestTests.ShouldBeProblem(refused, 422, "Nothing was taken in");
        (await app.Answer("stream/b", new { values = ToyModels.Series(12) })).GetProperty("scores").EnumerateArray().Single().GetProperty("index").GetInt32().Should().Be(11);
    }

    [Fact]
    public async Task Windows_go_on_over_a_swap_and_are_scored_by_the_new_model()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows);
        float[] values = ToyModels.Series(12, 7);
        JsonElement before = await app.Answer("stream/a", new { values = values[..11] });
        app.Replace(models.Other);
        await app.Until(async () => (await app.Health()).Body.GetProperty("model").GetProperty("version").GetString() != before.GetProperty("model").GetProperty("version").GetString());

        JsonElement after = await app.Answer("stream/a", new { values = values[11..] });

        JsonElement whole = await app.Answer("score", new { key = "a", values });
        after.GetProperty("model").GetRawText().Should().Be(whole.GetProperty("model").GetRawText()).And.NotBe(before.GetProperty("model").GetRawText());
        after.GetProperty("scores")[0].GetProperty("score").GetSingle().Should().Be(whole.GetProperty("series")[0].GetProperty("windows")[0].GetProperty("score").GetSingle());
    }

    [Fact]
    public async Task Streams_begin_anew_with_a_model_of_other_columns()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows);
        string before = (await app.Answer("stream/a", new { values = ToyModels.Series(11) })).GetProperty("model").GetProperty("version").GetString()!;
        app.Replace(models.Points); // has no groups
        await app.Until(async () => (await app.Health()).Body.GetProperty("model").GetProperty("version").GetString() != before);

        (await app.Answer("stream/a", new { values = ToyModels.Series(11) })).GetProperty("scores").GetArrayLength().Should().Be(0);
        (await app.Answer("stream/a", new { values = new[] { 1 } })).GetProperty("scores")[0].GetProperty("index").GetInt32().Should().Be(11);
    }
}
