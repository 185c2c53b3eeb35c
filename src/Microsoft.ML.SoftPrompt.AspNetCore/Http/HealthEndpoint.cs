using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.ML.SoftPrompt.AspNetCore.Models;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Http;

/// <summary>`GET /health`: 200 with the model that is served, 503 without one.</summary>
internal static class HealthEndpoint
{
    public static IResult Handle(ModelSource source)
    {
        HealthFault? fault = source.Fault is { } found ? new HealthFault(found.At, found.Public) : null;
        if (source.Current is not { } model)
            return Answer(new HealthAnswer("no model", Fault: fault), StatusCodes.Status503ServiceUnavailable);
        var served = new HealthModel(
            model.Name, model.Version, model.LoadedAt, model.Parameters.Backbone.Name, model.WindowSize, model.Stride,
            model.Parameters.LabelsPoints ? "readings" : "windows", model.Parameters.ScoreThreshold, model.GroupCount);
        return Answer(new HealthAnswer("ready", served, fault), StatusCodes.Status200OK);
    }

    private static JsonHttpResult<HealthAnswer> Answer(HealthAnswer health, int status) => TypedResults.Json(health, Contracts.Default.HealthAnswer, statusCode: status);
}
