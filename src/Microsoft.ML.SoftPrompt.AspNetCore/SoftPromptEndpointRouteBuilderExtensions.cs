using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML.SoftPrompt.AspNetCore;
using Microsoft.ML.SoftPrompt.AspNetCore.Http;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the addresses of a served model.</summary>
public static class SoftPromptEndpointRouteBuilderExtensions
{
    private const string Json = "application/json";
    private const string Tag = "SoftPrompt";

    /// <summary>Maps <c>POST /score</c>, <c>POST /stream/{key}</c> and <c>GET /health</c> for the model that <c>AddSoftPromptModel</c> added. docs/serving.md describes them.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">Stands in front of the three, as in <c>/anomalies</c>; empty by default.</param>
    /// <returns>The three together, for what is to hold for all of them, such as authorization.</returns>
    /// <exception cref="InvalidOperationException">There is no model: <c>services.AddSoftPromptModel</c> was not called.</exception>
    public static RouteGroupBuilder MapSoftPrompt(this IEndpointRouteBuilder endpoints, string prefix = "")
    {
        RouteGroupBuilder group = Group(endpoints, prefix);
        group.MapPost("/score", ScoreEndpoint.Handle)
            .WithName("Score").WithSummary("Scores whole series: their windows, and the stretches of readings that the model flags.")
            .Accepts<ScoreRequest>(Json).Produces<ScoreAnswer>().WithProblems();
        group.MapPost("/stream/{key}", StreamEndpoint.Handle)
            .WithName("Stream").WithSummary("Takes readings of a stream in, and answers with the scores of the trailing windows that became due.")
            .Accepts<StreamRequest>(Json).Produces<StreamAnswer>().WithProblems();
        // What has another content type, or none, ends here.
        foreach (string path in new[] { "/score", "/stream/{key}" })
            group.MapPost(path, (HttpContext context) => (IResult)RequestBody.UnsupportedMediaType(context).Answer(context)).ExcludeFromDescription();
        group.MapGet("/health", HealthEndpoint.Handle)
            .WithName("Health").WithSummary("Says whether requests can be answered, and by which model.")
            .Produces<HealthAnswer>().Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
        return group;
    }

    /// <summary>Maps a page to paste or drop a CSV, which shows its plot with the found stretches. It needs nothing from any network but the endpoints of <see cref="MapSoftPrompt"/>.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">The prefix that <see cref="MapSoftPrompt"/> was given: the page stands there.</param>
    /// <returns>The page's endpoint.</returns>
    /// <exception cref="InvalidOperationException">There is no model: <c>services.AddSoftPromptModel</c> was not called.</exception>
    public static IEndpointConventionBuilder MapSoftPromptPage(this IEndpointRouteBuilder endpoints, string prefix = "") =>
        Group(endpoints, prefix).MapGet("/", PageEndpoint.Handle).ExcludeFromDescription();

    private static RouteGroupBuilder Group(IEndpointRouteBuilder endpoints, string prefix)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        if (endpoints.ServiceProvider.GetService<SoftPromptModelOptions>() is null)
            throw new InvalidOperationException("There is no model to map. Call services.AddSoftPromptModel with the path of one first.");
        return endpoints.MapGroup(prefix).WithTags(Tag);
    }

    private static RouteHandlerBuilder WithProblems(this RouteHandlerBuilder endpoint)
    {
        int[] statuses =
        [
            StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType,
            StatusCodes.Status422UnprocessableEntity, StatusCodes.Status500InternalServerError, StatusCodes.Status503ServiceUnavailable,
        ];
        foreach (int status in statuses)
            endpoint.ProducesProblem(status);
        return endpoint;
    }
}
