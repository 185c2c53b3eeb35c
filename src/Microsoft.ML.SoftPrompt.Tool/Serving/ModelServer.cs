using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.ML.SoftPrompt.AspNetCore;
using OpenTelemetry.Metrics;

namespace Microsoft.ML.SoftPrompt.Tool.Serving;

/// <summary>The web application of `softprompt serve`: the library's endpoints with metrics, OpenAPI and the page.</summary>
internal static class ModelServer
{
    // Of the library, and what ASP.NET Core and the runtime count by themselves.
    private static readonly string[] Meters = ["Microsoft.ML.SoftPrompt.AspNetCore", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    /// <summary>Serves until it is cancelled, and then answers what was accepted.</summary>
    public static async Task Run(ToolConsole console, string urls, Action<SoftPromptModelOptions> configure, CancellationToken cancellation)
    {
        await using WebApplication app = Build(console, urls, configure);
        await app.StartAsync(cancellation);
        foreach (string url in app.Urls)
            console.Error.WriteLine($"listening on {url}; Ctrl+C ends it");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        catch (OperationCanceledException)
        {
            console.Error.WriteLine("stopping: what was accepted is answered");
        }
        await app.StopAsync(CancellationToken.None);
        console.Error.WriteLine("stopped");
    }

    private static WebApplication Build(ToolConsole console, string urls, Action<SoftPromptModelOptions> configure)
    {
        // Settings come from the command line alone: not from files of the folder it was called in.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        builder.WebHost.UseUrls(urls);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders().AddProvider(new ConsoleLog(console)).SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.ML.SoftPrompt", LogLevel.Information);
        builder.Services.AddSingleton<IHostLifetime, SignalsElsewhere>();
        builder.Services.AddSoftPromptModel(configure);
        builder.Services.AddProblemDetails();
        // As bodies are read: the description would allow numbers in quotes.
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        builder.Services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "softprompt serve";
            document.Info.Description = "Anomaly detection in time series.";
            return Task.CompletedTask;
        }));
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(Meters).AddPrometheusExporter());

        WebApplication app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapSoftPrompt();
        app.MapSoftPromptPage();
        app.MapOpenApi();
        app.MapPrometheusScrapingEndpoint();
        return app;
    }

    /// <summary>The program handles signals itself, for all commands alike.</summary>
    private sealed class SignalsElsewhere : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
