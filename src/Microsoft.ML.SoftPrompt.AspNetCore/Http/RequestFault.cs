using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Http;

/// <summary>A request that is refused, and what its sender is told: problem details (RFC 9457).</summary>
/// <param name="status">The status code.</param>
/// <param name="detail">What was found, where, what was expected and what to do.</param>
internal sealed class RequestFault(int status, string detail) : Exception(detail)
{
    // What is full now is not a second later, at the rate that windows are scored.
    private const int RetryAfterSeconds = 1;

    public int Status => status;

    public static RequestFault NoModel() => new(StatusCodes.Status503ServiceUnavailable, "There is no model yet; /health says why. Try again later.");

    public ProblemHttpResult Answer(HttpContext context)
    {
        if (status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = $"{RetryAfterSeconds}";
        return TypedResults.Problem(Message, statusCode: status);
    }
}
