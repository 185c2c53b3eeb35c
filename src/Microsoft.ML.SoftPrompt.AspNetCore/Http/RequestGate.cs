using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.ML.SoftPrompt.AspNetCore.Scoring;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Http;

/// <summary>What every scoring request passes: the limit on how many there are at a time, its measurement, and the answer to whatever went wrong.</summary>
internal sealed partial class RequestGate(SoftPromptModelOptions options, ServingMetrics metrics, ILogger<RequestGate> logger)
{
    // What other servers note for a client that has gone; nobody reads the answer.
    private const int ClientGone = 499;

    private int _active;

    public async Task<IResult> Pass(HttpContext context, string endpoint, Func<Task<IResult>> answer)
    {
        long start = Stopwatch.GetTimestamp();
        int status = StatusCodes.Status200OK;
        try
        {
            if (Interlocked.Increment(ref _active) > options.MaxConcurrentRequests)
                throw new RequestFault(StatusCodes.Status503ServiceUnavailable, $"{options.MaxConcurrentRequests} requests are being answered, which is the limit. Try again later.");
            return await answer();
        }
        catch (Exception fault)
        {
            IResult problem;
            (status, problem) = Problem(context, endpoint, fault);
            return problem;
        }
        finally
        {
            Interlocked.Decrement(ref _active);
            metrics.Request(endpoint, status, Stopwatch.GetElapsedTime(start));
        }
    }

    private (int Status, IResult Answer) Problem(HttpContext context, string endpoint, Exception fault)
    {
        switch (fault)
        {
            case RefusedReadingsException refused:
                return Problem(context, endpoint, RequestBody.Unprocessable(refused.Message));
            case RequestFault refused:
                return (refused.Status, refused.Answer(context));
            case var _ when context.RequestAborted.IsCancellationRequested:
                return (ClientGone, TypedResults.StatusCode(ClientGone));
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return (StatusCodes.Status413PayloadTooLarge, TooLarge(options).Answer(context));
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return (StatusCodes.Status408RequestTimeout, TypedResults.Problem("The body came too slowly. Send it again, or the series in several requests.", statusCode: StatusCodes.Status408RequestTimeout));
            case BadHttpRequestException bad:
                return (bad.StatusCode, TypedResults.Problem("The body could not be read to its end. Send it again.", statusCode: bad.StatusCode));
            default:
                // Not the path: a key may hold line ends.
                LogFailed(fault, endpoint);
                return (StatusCodes.Status500InternalServerError, TypedResults.Problem("The request could not be answered; the service's log says why.", statusCode: StatusCodes.Status500InternalServerError));
        }
    }

    public static RequestFault TooLarge(SoftPromptModelOptions options) =>
        new(StatusCodes.Status413PayloadTooLarge, $"The body has more than {options.MaxRequestBodySize:N0} bytes, which is the limit. Send the series in several requests.");

    [LoggerMessage(LogLevel.Error, "A request to {Endpoint} failed")]
    private partial void LogFailed(Exception fault, string endpoint);
}
