using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.ML.SoftPrompt.AspNetCore.Models;
using Microsoft.ML.SoftPrompt.AspNetCore.Scoring;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Http;

/// <summary>`POST /stream/{key}`: readings in, the scores that became due out.</summary>
internal static class StreamEndpoint
{
    public static Task<IResult> Handle(string key, HttpContext context, RequestGate gate, ModelSource source, ScoringQueue queue, SoftPromptModelOptions options, ServingMetrics metrics) =>
        gate.Pass(context, "stream", async () =>
        {
            key = WithSlashes(key, context);
            _ = source.Current ?? throw RequestFault.NoModel();
            StreamRequest request = await RequestBody.Read(context, Contracts.Default.StreamRequest, options);
            RequestBody.CheckKey(key, "The key in the address");
            float[] values = RequestBody.Check(request.Values, "$.values", options);
            if (request.Times is { } times && times.Length != values.Length)
                throw RequestBody.Unprocessable($"$.times has {times.Length:N0} times for {values.Length:N0} values; expected one a value, or no times at all.");
            StreamingReading[] readings = values.Select((value, i) => new StreamingReading(key, value, request.Times is { } given ? Universal(given[i]) : null)).ToArray();
            var job = new StreamJob(key, readings, options.Streaming.Stride, context.RequestAborted);
            if (job.Windows > options.MaxQueuedWindows)
                throw RequestBody.Unprocessable($"The readings make {job.Windows:N0} windows at a stride of {options.Streaming.Stride}; the limit is {options.MaxQueuedWindows:N0}. Send them in several requests.");
            if (!queue.TryAdd(job))
                throw ScoreEndpoint.Full(queue);
            metrics.Readings(readings.Length);
            StreamResult result = await job.Wait(context.RequestAborted);
            StreamScoreAnswer[] scores = result.Scores.Select(score => new StreamScoreAnswer(score.Index, score.Score, score.Probability, score.PredictedLabel) { Time = score.Time is { } time ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : null }).ToArray();
            return TypedResults.Json(new StreamAnswer(ModelName.Of(result.Model), key, scores) { KnownKey = result.Model.Knows(key) }, Contracts.Default.StreamAnswer);
        });

    /// <summary>The key as the client means it: the server leaves %2F, a slash within a key, as it is, and what was written %252F looks the same then.</summary>
    private static string WithSlashes(string key, HttpContext context) =>
        key.Contains("%2F", StringComparison.OrdinalIgnoreCase) && context.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0].TrimEnd('/').Split('/')[^1] is { Length: > 0 } sent
            ? Uri.UnescapeDataString(sent)
            : key;

    // The machine's own time zone means nothing to a client.
    private static DateTime Universal(DateTime time) => time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time.ToUniversalTime();
}
