using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.ML.SoftPrompt.AspNetCore.Scoring;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Tests;

/// <summary>An application on a socket of the loopback that serves a copy of a model.</summary>
internal sealed class ServedApp : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;
    private readonly string _folder;

    private ServedApp(WebApplication app, string folder)
    {
        (_app, _folder) = (app, folder);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = Patience };
    }

    public HttpClient Client { get; }

    public string ModelPath => Path.Combine(_folder, "model.zip");

    public IServiceProvider Services => _app.Services;

    public ScoringQueue Queue => _app.Services.GetRequiredService<ScoringQueue>();

    /// <param name="model">Path of a model, or null for none yet.</param>
    /// <param name="configure">Sets options.</param>
    /// <param name="worker">Whether what is accepted is scored; <see cref="StartWorker"/> does it later.</param>
    public static async Task<ServedApp> Start(string? model, Action<SoftPromptModelOptions>? configure = null, bool worker = true)
    {
        string folder = Directory.CreateTempSubdirectory("softprompt-served-").FullName, path = Path.Combine(folder, "model.zip");
        if (model is not null)
            File.Copy(model, path);
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSoftPromptModel(path, options =>
        {
            options.ModelPollInterval = TimeSpan.FromMilliseconds(20);
            configure?.Invoke(options);
        });
        if (!worker)
            builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(ScoringWorker)));
        WebApplication app = builder.Build();
        app.MapSoftPrompt();
        app.MapSoftPromptPage();
        await app.StartAsync();
        return new ServedApp(app, folder);
    }

    public Task StartWorker() => ActivatorUtilities.CreateInstance<ScoringWorker>(Services).StartAsync(CancellationToken.None);

    public Task<HttpResponseMessage> Post(string path, object body, CancellationToken cancellation = default) => Client.PostAsJsonAsync(path, body, cancellation);

    public async Task<JsonElement> Answer(string path, object body)
    {
        using HttpResponseMessage response = await Post(path, body);
        string text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).Should().Be(200, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public async Task<(int Status, JsonElement Body)> Health()
    {
        using HttpResponseMessage response = await Client.GetAsync(new Uri("health", UriKind.Relative));
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    public static StringContent Body(string text, string? contentType = "application/json")
    {
        var content = new StringContent(text, Encoding.UTF8);
        content.Headers.Remove("Content-Type");
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return content;
    }

    /// <summary>Puts another file in the model's place, at once.</summary>
    public void Replace(string model)
    {
        File.Copy(model, ModelPath + ".new");
        // Copies keep the time of the original.
        File.SetLastWriteTimeUtc(ModelPath + ".new", DateTime.UtcNow);
        File.Move(ModelPath + ".new", ModelPath, overwrite: true);
    }

    public async Task Until(Func<Task<bool>> condition)
    {
        using var impatience = new CancellationTokenSource(Patience);
        while (!await condition())
            await Task.Delay(10, impatience.Token);
    }

    public Task Until(Func<bool> condition) => Until(() => Task.FromResult(condition()));

    public Task Stop(CancellationToken patience = default) => _app.StopAsync(patience);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
