using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Tests.Http;

[Collection(Serving.Name)]
public sealed class StreamEndpointTests(ToyModels models)
{
    [Fact]
    public async Task Readings_in_parts_get_the_scores_that_whole_windows_get()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => options.StreamStride = 4);
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
}
