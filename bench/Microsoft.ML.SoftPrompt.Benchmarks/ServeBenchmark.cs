using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.ML.SoftPrompt.Benchmarks;

/// <summary>
/// The service under load, over sockets of the loopback: windows a second beside those of Transform on the same windows, latency of single
/// series at half that rate, and requests lost while the model is swapped. Clients and service share the machine.
/// </summary>
internal static class ServeBenchmark
{
    private const int Values = 50, Windows = 1024, SeriesPerRequest = 8, Clients = 64, Rounds = 3;

    public static async Task<int> Run(string[] options)
    {
        TimeSpan duration = TimeSpan.FromSeconds(options.Length > 0 ? int.Parse(options[0], CultureInfo.InvariantCulture) : 10);
        string folder = Directory.CreateTempSubdirectory("softprompt-serve-").FullName, path = Path.Combine(folder, "model.zip"), other = Path.Combine(folder, "other.zip");
        try
        {
            WindowRow[] rows = Rows();
            ITransformer model = Save(rows, path, seed: 1);
            Save(rows, other, seed: 2);
            await using WebApplication app = await Start(path);
            using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Clients }) { BaseAddress = new Uri(app.Urls.First()) };
            byte[][] many = rows.Chunk(SeriesPerRequest).Select(chunk => Body(chunk.Select(row => row.Series))).ToArray();
            byte[][] single = rows.Select(row => Body([row.Series])).ToArray();

            Console.WriteLine($"series of {Values} values, a window each, MiniLM; {duration.TotalSeconds:F0} s a measurement, {Clients} clients of {SeriesPerRequest} series a request");
            Console.WriteLine();
            var ml = new MLContext();
            IDataView view = ml.Data.LoadFromEnumerable(rows);
            double Transform() => Rate(() => _ = ml.Data.CreateEnumerable<WindowAnswer>(model.Transform(view), reuseRowObject: true).Sum(answer => answer.Score));
            Transform();
            await Load(client, many, TimeSpan.FromSeconds(2));
            var rates = new List<(double Own, double Served)>();
            for (int round = 0; round < Rounds; round++)
                rates.Add((Transform(), (await Load(client, many, duration / Rounds)).WindowsASecond));
            double own = Median(rates.Select(rate => rate.Own)), served = Median(rates.Select(rate => rate.Served));
            Console.WriteLine($"Transform: {own:F0} windows a second; served: {served:F0}, {100 * served / own:F0} % (medians of {Rounds} rounds, in turn)");

            double alone = Median(await Alone(client, single));
            double[] latencies = await AtRate(client, single, served / 2, duration);
            Console.WriteLine($"a single series alone: {alone:F1} ms (median); at {served / 2:F0} a second: median {Quantile(latencies, 0.5):F1} ms, p99 {Quantile(latencies, 0.99):F1} ms, {Quantile(latencies, 0.99) / alone:F1} times the first");

            Task<Loaded> load = Load(client, many, duration);
            for (int swap = 0; swap < 2; swap++)
            {
                await Task.Delay(duration / 3);
                Replace(swap == 0 ? other : path + ".first", path);
            }
            (int answered, int lost, int versions, _) = await load;
            Console.WriteLine($"the model swapped twice under full load: {answered} requests answered by {versions} versions, {lost} lost");
            await app.StopAsync();
            return lost == 0 && versions > 1 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static WindowRow[] Rows()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Windows).Select(i => new WindowRow { Series = [.. Enumerable.Range(0, Values).Select(_ => random.NextSingle())], Label = i % 2 == 0 })];
    }

    private static ITransformer Save(WindowRow[] rows, string path, int seed)
    {
        var ml = new MLContext(seed);
        IDataView view = ml.Data.LoadFromEnumerable(rows.Take(32));
        ITransformer model = ml.Transforms.QuantizeSeries("Features", "Series")
            .Append(ml.AnomalyDetection.Trainers.SoftPrompt(new SoftPromptAnomalyTrainer.Options { MaxEpochs = 1, Seed = seed })).Fit(view);
        ml.Model.Save(model, view.Schema, path);
        File.Copy(path, path + ".first");
        return model;
    }

    private static async Task<WebApplication> Start(string path)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSoftPromptModel(path, options =>
        {
            options.Streaming.WindowSize = Values;
            options.ModelPollInterval = TimeSpan.FromMilliseconds(100);
        });
        WebApplication app = builder.Build();
        app.MapSoftPrompt();
        await app.StartAsync();
        return app;
    }

    private static byte[] Body(IEnumerable<float[]> series) => JsonSerializer.SerializeToUtf8Bytes(new { series = series.Select(values => new { values }) });

    /// <summary>Posts; the version of the model that answered, or null where there was no answer.</summary>
    private static async Task<string?> Post(HttpClient client, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using HttpResponseMessage response = await client.PostAsync(new Uri("score", UriKind.Relative), content);
            string answer = await response.Content.ReadAsStringAsync();
            const string Before = "\"version\":\"";
            int version = answer.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
            return response.IsSuccessStatusCode ? answer[version..answer.IndexOf('"', version)] : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Every client posts again as soon as it has its answer.</summary>
    private static async Task<Loaded> Load(HttpClient client, byte[][] bodies, TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        string?[][] answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async one =>
        {
            var own = new List<string?>();
            for (int i = one; Stopwatch.GetElapsedTime(start) < duration; i += Clients)
                own.Add(await Post(client, bodies[i % bodies.Length]));
            return own.ToArray();
        }));
        string?[] all = answers.SelectMany(own => own).ToArray();
        // Those that were on their way at the end took their time, too.
        int answered = all.Count(version => version is not null);
        return new Loaded(answered, all.Length - answered, all.OfType<string>().Distinct().Count(), answered * SeriesPerRequest / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static async Task<double[]> Alone(HttpClient client, byte[][] bodies)
    {
        var times = new double[50];
        for (int i = 0; i < times.Length; i++)
            times[i] = await Timed(client, bodies[i % bodies.Length], Stopwatch.GetTimestamp());
        return times;
    }

    /// <summary>Requests at random times of a mean rate, whether the ones before are answered or not; each is timed from when it was due.</summary>
    private static async Task<double[]> AtRate(HttpClient client, byte[][] bodies, double perSecond, TimeSpan duration)
    {
        var random = new Random(1);
        var times = new List<Task<double>>();
        long start = Stopwatch.GetTimestamp();
        for (double due = 0; due < duration.TotalSeconds; due += -Math.Log(1 - random.NextDouble()) / perSecond)
        {
            double wait = due - Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (wait > 0.001)
                await Task.Delay(TimeSpan.FromSeconds(wait));
            times.Add(Timed(client, bodies[times.Count % bodies.Length], start + (long)(due * Stopwatch.Frequency)));
        }
        return await Task.WhenAll(times);
    }

    private static async Task<double> Timed(HttpClient client, byte[] body, long due)
    {
        if (await Post(client, body) is null)
            throw new InvalidOperationException("A request was not answered.");
        return Stopwatch.GetElapsedTime(due).TotalMilliseconds;
    }

    private static void Replace(string model, string path)
    {
        File.Copy(model, path + ".new");
        File.SetLastWriteTimeUtc(path + ".new", DateTime.UtcNow);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static double Rate(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Windows / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private readonly record struct Loaded(int Answered, int Lost, int Versions, double WindowsASecond);

    private static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    private static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = values.Order().ToArray();
        return sorted[(int)(share * (sorted.Length - 1))];
    }
}
