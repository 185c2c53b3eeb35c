using System.Net;
using Microsoft.ML.SoftPrompt.Fuzzing;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Tests.Http;

/// <summary>Bodies damaged at random: each is answered, with scores or with what is wrong with it, and never with a fault of the server's.</summary>
[Collection(Serving.Name)]
public sealed class DamagedBodyTests(ToyModels models)
{
    private const string Score = """{"series": [{"key": "a", "values": [1, 2, 3, 4, null, 6, 7, 8, 9, 10, 11, 12.5]}, {"values": [1e3]}], "readings": true}""";

    private const string Stream = """{"values": [1, null, 3.5], "times": ["2026-01-01T00:00:00Z", "2026-01-01T00:01:00+02:00", "2026-01-01T00:02:00Z"]}""";

    private sealed class Refused(string message) : Exception(message);

    [Theory]
    [InlineData("score")]
    [InlineData("stream/a")]
    public Task Two_thousand_damaged_bodies_are_answered(string path) => Run(path, FuzzedReader.OrdinaryCount, seed: 1);

    [Theory]
    [InlineData("score")]
    [InlineData("stream/a")]
    [Trait("Category", "Long")]
    public Task A_hundred_thousand_damaged_bodies_are_answered(string path) => Run(path, FuzzedReader.LongCount, seed: 2);

    [Fact]
    public async Task A_hundred_thousand_levels_are_answered_with_400()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows);

        using HttpResponseMessage response = await app.Client.PostAsync(new Uri("score", UriKind.Relative), ServedApp.Body(string.Concat(Enumerable.Repeat("{\"series\":[", 100_000))));

        await BadRequestTests.ShouldBeProblem(response, 400, "(line 1, byte");
    }

    private async Task Run(string path, int count, int seed)
    {
        await using ServedApp app = await ServedApp.Start(models.Windows);
        byte[] sound = System.Text.Encoding.UTF8.GetBytes(path == "score" ? Score : Stream);
        new FuzzedReader(path, Send, typeof(Refused)) { Names = ["400", "422"] }.Run(count, seed, random => DamagedJson.Change(sound, random));

        void Send(byte[] body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } } };
            using HttpResponseMessage response = app.Client.Send(request);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new Refused($"{(int)response.StatusCode}");
        }
    }
}
