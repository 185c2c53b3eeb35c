using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Tests.Http;

[Collection(Serving.Name)]
public sealed class BadRequestTests(ToyModels models)
{
    public static TheoryData<string, string?, int, string> Bodies { get; } = new()
    {
        { "", "application/json", 400, "The body is not JSON as expected" },
        { "{\"values\":[1,2", "application/json", 400, "The body is not JSON as expected" },
        { "{\"values\":[1,NaN]}", "application/json", 400, "(line 1, byte 14)" },
        { "{\"values\":[1,-Infinity]}", "application/json", 400, "a missing value as null" },
        { "{\"values\":[1,\"2\"]}", "application/json", 400, "$.values[1] (line 1, byte 17) is not of the type expected" },
        { "{\"values\":{}}", "application/json", 400, "$.values" },
        { "{\"series\":[{\"key\":\"a\"}]}", "application/json", 400, "$.series[0]" },
        { "{\"series\":[{\"key\":1,\"values\":[1]}]}", "application/json", 400, "$.series[0].key" },
        { "{\"series\":[{\"values\":[true]}]}", "application/json", 400, "$.series[0].values[0]" },
        { "{\"value\":[1]}", "application/json", 400, "$.value (line 1, byte 10) is not a member" },
        { "{\"values\":[1],\"values\":[2]}", "application/json", 400, "stands there twice" },
        { "{\"values\":[[[[[[[[[[1]]]]]]]]]]}", "application/json", 400, "$.values[0]" },
        { "[[[[[[[[[[1]]]]]]]]]]", "application/json", 400, "The body" },
        { "null", "application/json", 400, "The body is null" },
        { "{}", "application/json", 422, "neither values nor series" },
        { "{\"values\":[1],\"series\":[]}", "application/json", 422, "both values and series" },
        { "{\"series\":[]}", "application/json", 422, "$.series has 0 series; expected 1 to 3." },
        { "{\"series\":[{\"values\":[1]},{\"values\":[1]},{\"values\":[1]},{\"values\":[1]}]}", "application/json", 422, "$.series has 4 series" },
        { "{\"series\":[null]}", "application/json", 422, "$.series[0] is null" },
        { "{\"series\":[{\"values\":[1]}],\"key\":\"a\"}", "application/json", 422, "$.key stands beside $.series" },
        { "{\"series\":[{\"values\":[1]},{\"values\":[]}]}", "application/json", 422, "$.series[1].values is empty; expected 1 to 100 values." },
        { "{\"series\":[{\"values\":[1,2,1e39]}]}", "application/json", 422, "$.series[0].values[2] is beyond single precision" },
        { $"{{\"values\":[{string.Join(',', Enumerable.Repeat(1, 101))}]}}", "application/json", 422, "$.values has 101 values; the limit is 100." },
        { $"{{\"key\":\"{new string('k', 257)}\",\"values\":[1]}}", "application/json", 422, "$.key has 257 characters; the limit is 256." },
        { "{\"values\":[1]}", "text/csv", 415, "'text/csv'; expected application/json" },
        { "{\"values\":[1]}", null, 415, "not given; expected application/json" },
        { "{\"values\":[1]}", "application/json; charset=utf-16", 415, "in UTF-8" },
        { $"{{\"values\":[{new string(' ', 5_000)}1]}}", "application/json", 413, "more than 4,096 bytes" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task It_is_answered_with_problem_details(string body, string? contentType, int status, string detail)
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, Limit);

        using HttpResponseMessage response = await app.Client.PostAsync(new Uri("score", UriKind.Relative), ServedApp.Body(body, contentType));

        await ShouldBeProblem(response, status, detail);
    }

    [Fact]
    public async Task A_long_body_of_no_stated_length_is_answered_with_413()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, Limit);
        using var request = new HttpRequestMessage(HttpMethod.Post, "score") { Content = ServedApp.Body($"{{\"values\":[{new string(' ', 50_000)}1]}}") };
        request.Headers.TransferEncodingChunked = true;

        using HttpResponseMessage response = await app.Client.SendAsync(request);

        await ShouldBeProblem(response, 413, "more than 4,096 bytes");
    }

    [Fact]
    public async Task A_compressed_body_is_answered_with_415()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows);
        using StringContent content = ServedApp.Body("{\"values\":[1]}");
        content.Headers.ContentEncoding.Add("gzip");

        using HttpResponseMessage response = await app.Client.PostAsync(new Uri("score", UriKind.Relative), content);

        await ShouldBeProblem(response, 415, "The content encoding is 'gzip'; expected none.");
    }

    [Fact]
    public async Task More_windows_than_the_queue_has_room_for_are_answered_with_422()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => (options.Stride, options.MaxQueuedWindows) = (1, 50));

        using HttpResponseMessage response = await app.Post("score", new { values = ToyModels.Series(62) });

        await ShouldBeProblem(response, 422, "51 windows of 12 readings at a stride of 1; the limit is 50");
    }

    [Theory]
    [InlineData("{\"values\":[1],\"times\":[]}", 422, "$.times has 0 times for 1 values")]
    [InlineData("{\"values\":[1],\"times\":[\"yesterday\"]}", 400, "times are strings as 2026-01-31T23:59:00Z")]
    [InlineData("{\"times\":[]}", 400, "has no values")]
    public async Task A_stream_s_body_is_checked_too(string body, int status, string detail)
    {
        await using ServedApp app = await ServedApp.Start(models.Windows);

        using HttpResponseMessage response = await app.Client.PostAsync(new Uri("stream/a", UriKind.Relative), ServedApp.Body(body));

        await ShouldBeProblem(response, status, detail);
    }

    [Fact]
    public async Task Without_a_model_it_is_503_with_a_time_to_try_again()
    {
        await using ServedApp app = await ServedApp.Start(model: null);

        foreach (string path in new[] { "score", "stream/a" })
        {
            using HttpResponseMessage response = await app.Post(path, new { values = new[] { 1 } });
            await ShouldBeProblem(response, 503, "There is no model yet");
            response.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(1));
        }
    }

    private static void Limit(SoftPromptModelOptions options) =>
        (options.MaxRequestBodySize, options.MaxSeriesPerRequest, options.MaxValuesPerSeries) = (4_096, 3, 100);

    internal static async Task ShouldBeProblem(HttpResponseMessage response, int status, string detail)
    {
        string text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).Should().Be(status, text);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        JsonElement problem = JsonSerializer.Deserialize<JsonElement>(text);
        problem.GetProperty("status").GetInt32().Should().Be(status);
        problem.GetProperty("title").GetString().Should().NotBeNullOrEmpty();
        problem.GetProperty("detail").GetString().Should().Contain(detail);
        text.Should().NotContain("   at ").And.NotContain("Microsoft.ML").And.NotContain("System.").And.NotContain(Path.GetTempPath().TrimEnd('/') + "/softprompt");
    }
}
