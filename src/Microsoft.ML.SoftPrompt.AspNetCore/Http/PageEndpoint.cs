using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.ML.SoftPrompt.Reports;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Http;

/// <summary>`GET /`: a page that scores a CSV and shows what was found.</summary>
internal static class PageEndpoint
{
    private static readonly Lazy<string> Page = new(Compose);

    public static IResult Handle(HttpContext context)
    {
        // What a policy within a page cannot say: no other site may show it in a frame of its own.
        context.Response.Headers.ContentSecurityPolicy = "frame-ancestors 'none'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Text(Page.Value, "text/html; charset=utf-8");
    }

    private static string Compose()
    {
        Assembly own = typeof(PageEndpoint).Assembly;
        // The service that the page came from is all that it may talk to; the empty icon is one of its own.
        return PageFrame.Compose("Find anomalies", PageFrame.Resource(own, "Page/serve.html"), PageFrame.Resource(own, "Page/serve.css"), PageFrame.Resource(own, "Page/serve.js"),
            plots: true, "connect-src 'self'; img-src data:; ", "<link rel=\"icon\" href=\"data:,\">\n");
    }
}
