using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.ML.SoftPrompt.AspNetCore;
using Microsoft.ML.SoftPrompt.AspNetCore.Http;
using Microsoft.ML.SoftPrompt.AspNetCore.Models;
using Microsoft.ML.SoftPrompt.AspNetCore.Scoring;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a served model to an application's services.</summary>
public static class SoftPromptServiceCollectionExtensions
{
    /// <summary>Adds a model that <c>app.MapSoftPrompt()</c> then serves. It is loaded when the application starts, and again whenever its file changes.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="modelPath">Path of the model, a zip file.</param>
    /// <param name="configure">Sets further options; null leaves their defaults.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">An option is not what it may be.</exception>
    /// <exception cref="InvalidOperationException">A model was added before: an application serves one.</exception>
    public static IServiceCollection AddSoftPromptModel(this IServiceCollection services, string modelPath, Action<SoftPromptModelOptions>? configure = null) =>
        services.AddSoftPromptModel(options =>
        {
            options.ModelPath = modelPath;
            configure?.Invoke(options);
        });

    /// <inheritdoc cref="AddSoftPromptModel(IServiceCollection, string, Action{SoftPromptModelOptions}?)" path="/summary"/>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options, <see cref="SoftPromptModelOptions.ModelPath"/> among them.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">An option is not what it may be.</exception>
    /// <exception cref="InvalidOperationException">A model was added before: an application serves one.</exception>
    public static IServiceCollection AddSoftPromptModel(this IServiceCollection services, Action<SoftPromptModelOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(service => service.ServiceType == typeof(SoftPromptModelOptions)))
            throw new InvalidOperationException("A model was added before, and an application serves one. Run another application for another model.");
        var options = new SoftPromptModelOptions();
        configure(options);
        options.Check();

        services.AddRouting();
        services.AddMetrics();
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ServingMetrics>();
        services.AddSingleton<ModelSource>();
        services.AddSingleton<ScoringQueue>();
        services.AddSingleton<StreamState>();
        services.AddSingleton<RequestGate>();
        // Stopped in the opposite order, and behind the server: whatever was accepted is scored before the worker ends.
        services.AddHostedService<ScoringWorker>();
        services.AddHostedService<ModelWatcher>();
        return services;
    }
}
