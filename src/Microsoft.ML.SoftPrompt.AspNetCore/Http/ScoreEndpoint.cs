using Microsoft.AspNetCore.Http;
using Microsoft.ML.SoftPrompt.AspNetCore.Models;
using Microsoft.ML.SoftPrompt.AspNetCore.Scoring;
using Microsoft.ML.SoftPrompt.Streaming;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Http;

/// <summary>`POST /score`: whole series in, their windows' scores and the found stretches out.</summary>
internal static class ScoreEndpoint
{
    public static Task<IResult> Handle(HttpContext context, RequestGate gate, ModelSource source, ScoringQueue queue, SoftPromptModelOptions options, ServingMetrics metrics) =>
        gate.Pass(context, "score", async () =>
        {
            _ = source.Current ?? throw RequestFault.NoModel();
            ScoreRequest request = await RequestBody.Read(context, Contracts.Default.ScoreRequest, options);
            (string? Key, float[] Values)[] series = Check(request, options);
            // Bound to the model of now, not to that of before a long body.
            ServedModel model = source.Current;
            long windows = series.Sum(one => (long)model.CountWindows(one.Values.Length));
            if (windows > options.MaxQueuedWindows)
                throw RequestBody.Unprocessable($"The series make {windows:N0} windows of {model.WindowSize} readings at a stride of {model.Stride}; the limit is {options.MaxQueuedWindows:N0}. Send them in several requests.");
            var job = new ScoringJob(model, Array.ConvertAll(series, one => (one.Key ?? "", one.Values)), context.RequestAborted);
            if (!queue.TryAdd(job))
                throw Full(queue);
            metrics.Series(series.Length);
            WindowScores[][] scores = await job.Wait(context.RequestAborted);
            return TypedResults.Json(Answer(model, series, scores, request.Readings), Contracts.Default.ScoreAnswer);
        });

    public static RequestFault Full(ScoringQueue queue) =>
        new(StatusCodes.Status503ServiceUnavailable, $"{queue.Windows:N0} windows wait to be scored already, or the service is about to stop. Try again later.");

    private static (string? Key, float[] Values)[] Check(ScoreRequest request, SoftPromptModelOptions options)
    {
        if (request.Values is null == request.Series is null)
            throw RequestBody.Unprocessable($"The body has {(request.Values is null ? "neither values nor series" : "both values and series")}; expected values for one series, or series for many.");
        if (request.Values is { } values)
        {
            RequestBody.CheckKey(request.Key, "$.key");
            return [(request.Key, RequestBody.Check(values, "$.values", options))];
        }
        if (request.Key is not null)
            throw RequestBody.Unprocessable("$.key stands beside $.series; expected a key in each of the series.");
        SeriesInput[] series = request.Series!;
        if (series.Length == 0 || series.Length > options.MaxSeriesPerRequest)
            throw RequestBody.Unprocessable($"$.series has {series.Length:N0} series; expected 1 to {options.MaxSeriesPerRequest:N0}.");
        return series.Select((one, i) =>
        {
            if (one is null)
                throw RequestBody.Unprocessable($"$.series[{i}] is null; expected an object with values.");
            RequestBody.CheckKey(one.Key, $"$.series[{i}].key");
            return (one.Key, RequestBody.Check(one.Values, $"$.series[{i}].values", options));
        }).ToArray();
    }

    private static ScoreAnswer Answer(ServedModel model, (string? Key, float[] Values)[] series, WindowScores[][] scores, bool readings) => new(
        ModelName.Of(model),
        series.Zip(scores, (one, windows) =>
        {
            SeriesScores scored = new(model, one.Values.Length, windows);
            return new SeriesAnswer(scored.Windows(), scored.Found(), readings ? scored.Readings() : null) { Key = one.Key, KnownKey = model.Knows(one.Key) };
        }).ToArray());
}
