using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Tests.Http;

[Collection(Serving.Name)]
public sealed class ScoreEndpointTests(ToyModels models)
{
    [Fact]
    public async Task A_series_is_cut_and_scored_as_the_model_scores_its_windows()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => options.Stride = 5);
        float[] values = ToyModels.Series(40, seed: 5);

        JsonElement answer = await app.Answer("score", new { key = "b", values, readings = true });

        JsonElement series = answer.GetProperty("series").EnumerateArray().Single();
        // Every 5 readings, and the last window moved back to end with the series.
        int[] starts = [0, 5, 10, 15, 20, 25, 28];
        Windows(series).Select(window => window.GetProperty("start").GetInt32()).Should().Equal(starts);
        Windows(series).Select(window => window.GetProperty("length").GetInt32()).Should().AllBeEquivalentTo(ToyModels.Window);
        Verdict[] expected = Transform(models.Windows, starts.Select(start => new Query { Series = values[start..(start + ToyModels.Window)], Host = "b" }));
        Windows(series).Select(window => window.GetProperty("score").GetSingle()).Should().Equal(expected.Select(one => one.Score));
        Windows(series).Select(window => window.GetProperty("probability").GetSingle()).Should().Equal(expected.Select(one => one.Probability));
        Windows(series).Select(window => window.GetProperty("label").GetBoolean()).Should().Equal(expected.Select(one => one.PredictedLabel));

        // Readings 0–4 lie in the first window alone, 5–9 in two, 28 in three.
        float[] readings = series.GetProperty("readings").GetProperty("scores").EnumerateArray().Select(score => score.GetSingle()).ToArray();
        readings.Should().HaveCount(40);
        readings[4].Should().Be(expected[0].Score);
        readings[5].Should().Be((float)(((double)expected[0].Score + expected[1].Score) / 2));
        readings[28].Should().Be((float)(((double)expected[4].Score + expected[5].Score + expected[6].Score) / 3));
        readings[39].Should().Be(expected[6].Score);
    }

    [Fact]
    public async Task Found_stretches_are_the_runs_of_readings_above_the_threshold()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => options.Stride = 4);
        float threshold = (await app.Health()).Body.GetProperty("model").GetProperty("threshold").GetSingle();

        JsonElement answer = await app.Answer("score", new { key = "a", values = ToyModels.Series(200, seed: 4), readings = true });

        JsonElement series = answer.GetProperty("series")[0];
        float[] readings = series.GetProperty("readings").GetProperty("scores").EnumerateArray().Select(score => score.GetSingle()).ToArray();
        (int Start, int Length, float Score)[] found = series.GetProperty("found").EnumerateArray()
            .Select(one => (one.GetProperty("start").GetInt32(), one.GetProperty("length").GetInt32(), one.GetProperty("score").GetSingle())).ToArray();
        found.Should().NotBeEmpty();
        Enumerable.Range(0, 200).Where(i => readings[i] > threshold).Should().Equal(found.SelectMany(one => Enumerable.Range(one.Start, one.Length)));
        found.Should().OnlyContain(one => one.Score == readings.Skip(one.Start).Take(one.Length).Max());
        found.Zip(found.Skip(1)).Should().OnlyContain(pair => pair.First.Start + pair.First.Length < pair.Second.Start, "neighbours would be one stretch");
    }

    [Fact]
    public async Task Many_series_are_answered_in_their_order_as_each_alone_and_say_whether_the_key_is_known()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => options.MaxBatchWindows = 3);
        (string? Key, float[] Values)[] series = [("a", ToyModels.Series(60, 1)), ("nobody", ToyModels.Series(7, 2)), (null, ToyModels.Series(12, 3)), ("c", ToyModels.Series(31, 4))];

        JsonElement together = await app.Answer("score", new { series = series.Select(one => new { key = one.Key, values = one.Values }) });

        JsonElement[] answers = together.GetProperty("series").EnumerateArray().ToArray();
        answers.Select(one => one.GetProperty("knownKey").GetBoolean()).Should().Equal(true, false, false, true);
        answers.Select(one => one.TryGetProperty("key", out JsonElement key) ? key.GetString() : null).Should().Equal(series.Select(one => one.Key));
        answers.Select(one => Windows(one).Length).Should().Equal(5, 1, 1, 3);
        Windows(answers[1])[0].GetProperty("length").GetInt32().Should().Be(7, "a series shorter than a window is one");
        for (int i = 0; i < series.Length; i++)
        {
            JsonElement alone = await app.Answer("score", new { key = series[i].Key, values = series[i].Values });
            alone.GetProperty("series")[0].GetRawText().Should().Be(answers[i].GetRawText());
        }
    }

    [Fact]
    public async Task Missing_values_are_null_and_scored_as_NaN()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows);
        float[] values = ToyModels.Series(12, 8);
        values[3] = float.NaN;

        JsonElement answer = await app.Answer("score", new { key = "a", values = values.Select(value => float.IsNaN(value) ? (float?)null : value) });

        Windows(answer.GetProperty("series")[0])[0].GetProperty("score").GetSingle()
            .Should().Be(Transform(models.Windows, [new Query { Series = values, Host = "a" }])[0].Score);
    }

    [Fact]
    public async Task A_model_that_labels_readings_gives_a_window_the_highest_score_of_its_readings()
    {
        await using ServedApp app = await ServedApp.Start(models.Points);
        float[] values = ToyModels.Series(24, 6);

        JsonElement series = (await app.Answer("score", new { values, readings = true })).GetProperty("series")[0];

        series.TryGetProperty("knownKey", out _).Should().BeFalse("the model has no groups");
        float[] readings = series.GetProperty("readings").GetProperty("scores").EnumerateArray().Select(score => score.GetSingle()).ToArray();
        var ml = new MLContext();
        float[][] expected = ml.Data.CreateEnumerable<PointVerdict>(ml.Model.Load(models.Points, out _).Transform(ml.Data.LoadFromEnumerable(new[] { new Query { Series = values[..12] }, new Query { Series = values[12..] } })), reuseRowObject: false)
            .Select(row => row.Score).ToArray();
        readings.Should().Equal(expected.SelectMany(one => one));
        Windows(series).Select(window => window.GetProperty("score").GetSingle()).Should().Equal(expected.Select(one => one.Max()));
    }

    private static JsonElement[] Windows(JsonElement series) => series.GetProperty("windows").EnumerateArray().ToArray();

    private static Verdict[] Transform(string model, IEnumerable<Query> windows)
    {
        var ml = new MLContext();
        return ml.Data.CreateEnumerable<Verdict>(ml.Model.Load(model, out _).Transform(ml.Data.LoadFromEnumerable(windows)), reuseRowObject: false).ToArray();
    }

    private sealed class Query
    {
        public float[] Series { get; set; } = [];

        public string Host { get; set; } = "";
    }

    private sealed class Verdict
    {
        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }

    private sealed class PointVerdict
    {
        public float[] Score { get; set; } = [];
    }
}
