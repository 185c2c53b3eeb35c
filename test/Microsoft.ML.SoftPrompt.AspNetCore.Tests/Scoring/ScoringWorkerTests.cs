using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML.SoftPrompt.AspNetCore.Models;
using Microsoft.ML.SoftPrompt.AspNetCore.Scoring;
using Microsoft.ML.SoftPrompt.AspNetCore.Tests.Http;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Tests.Scoring;

[Collection(Serving.Name)]
public sealed class ScoringWorkerTests(ToyModels models)
{
    [Fact]
    public async Task Requests_that_wait_are_scored_in_one_batch()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, worker: false);
        var batches = new Recorded(app, "softprompt.batch.windows");
        Task<JsonElement>[] answers = Enumerable.Range(0, 10).Select(i => app.Answer("score", new { key = "a", values = ToyModels.Series(24, i) })).ToArray();
        await app.Until(() => app.Queue.Windows == 20);

        await app.StartWorker();
        await Task.WhenAll(answers);

        batches.Values.Should().Equal(20);
        app.Queue.Windows.Should().Be(0);
        JsonElement alone = await app.Answer("score", new { key = "a", values = ToyModels.Series(24, 3) });
        (await answers[3]).GetRawText().Should().Be(alone.GetRawText(), "a score does not depend on the neighbours in the batch");
    }

    [Fact]
    public async Task A_long_request_does_not_hold_up_a_short_one()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => options.MaxBatchWindows = 4, worker: false);
        var batches = new Recorded(app, "softprompt.batch.windows");
        Task<JsonElement> longer = app.Answer("score", new { values = ToyModels.Series(12 * 11) });
        await app.Until(() => app.Queue.Windows == 11);
        Task<JsonElement> shorter = app.Answer("score", new { key = "a", values = ToyModels.Series(12) });
        await app.Until(() => app.Queue.Windows == 12);

        await app.StartWorker();
        await Task.WhenAll(longer, shorter);

        // 4 of the long one, then the short one with 3 of the long one, then its rest.
        batches.Values.Should().Equal(4, 4, 4);
        (await longer).GetProperty("series")[0].GetProperty("windows").GetArrayLength().Should().Be(11);
    }

    [Fact]
    public async Task A_short_request_that_comes_during_a_batch_is_in_the_next_one()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => options.MaxBatchWindows = 4, worker: false);
        ServedModel model = app.Services.GetRequiredService<ModelSource>().Current!;
        var shorter = new ScoringJob(model, [("a", ToyModels.Series(12))], CancellationToken.None);
        bool? answered = null;
        var batches = new Recorded(app, "softprompt.batch.windows", batch =>
        {
            if (batch == 1)
                app.Queue.TryAdd(shorter);
            if (batch == 3)
                answered = shorter.Wait(CancellationToken.None).IsCompleted;
        });
        var longer = new ScoringJob(model, [("a", ToyModels.Series(12 * 15))], CancellationToken.None);
        app.Queue.TryAdd(longer).Should().BeTrue();

        await app.StartWorker();
        await longer.Wait(CancellationToken.None);

        batches.Values.Should().Equal(4, 4, 4, 4);
        answered.Should().BeTrue("the second batch had it in front");
    }

    [Fact]
    public async Task The_places_of_windows_that_were_scored_are_free_before_their_request_is_answered()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => (options.Stride, options.MaxBatchWindows) = (1, 1));
        Task<JsonElement> longer = app.Answer("score", new { values = ToyModels.Series(2_011) });
        await app.Until(() => app.Queue.Windows is > 0 and < 2_000 || longer.IsCompleted);

        longer.IsCompleted.Should().BeFalse("some of its windows are scored, and some are not");
        await longer;
        app.Queue.Windows.Should().Be(0);
    }

    [Fact]
    public async Task A_stop_that_may_take_no_longer_leaves_what_is_not_scored()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => (options.Stride, options.MaxBatchWindows) = (1, 1));
        Task<HttpResponseMessage> longer = app.Post("score", new { values = ToyModels.Series(20_000) });
        await app.Until(() => app.Queue.Windows > 0);
        using var now = new CancellationTokenSource(100);

        await app.Stop(now.Token);

        await FluentActions.Awaiting(() => longer).Should().ThrowAsync<HttpRequestException>();
    }

    [Fact]
    public async Task A_full_queue_refuses_with_503_and_answers_what_it_accepted()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => options.MaxQueuedWindows = 8, worker: false);
        Task<JsonElement>[] accepted = Enumerable.Range(0, 4).Select(i => app.Answer("score", new { values = ToyModels.Series(24, i) })).ToArray();
        await app.Until(() => app.Queue.Windows == 8);

        using (HttpResponseMessage refused = await app.Post("score", new { values = new[] { 1 } }))
        {
            await BadRequestTests.ShouldBeProblem(refused, 503, "8 windows wait to be scored already");
            refused.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(1));
        }
        await app.StartWorker();

        (await Task.WhenAll(accepted)).Should().OnlyContain(answer => answer.GetProperty("series")[0].GetProperty("windows").GetArrayLength() == 2);
        await app.Answer("score", new { values = new[] { 1 } });
    }

    [Fact]
    public async Task One_request_too_many_is_refused_with_503()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => options.MaxConcurrentRequests = 1, worker: false);
        Task<JsonElement> accepted = app.Answer("score", new { values = new[] { 1 } });
        await app.Until(() => app.Queue.Windows == 1);

        using HttpResponseMessage refused = await app.Post("score", new { values = new[] { 1 } });

        await BadRequestTests.ShouldBeProblem(refused, 503, "1 requests are being answered, which is the limit");
        await app.StartWorker();
        await accepted;
    }

    [Fact]
    public async Task A_request_that_its_client_gave_up_is_not_scored()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, worker: false);
        var windows = new Recorded(app, "softprompt.windows");
        var abandoned = new Recorded(app, "softprompt.requests.abandoned");
        var requests = new Recorded(app, "softprompt.request.duration");
        using var patience = new CancellationTokenSource();
        Task given = app.Post("score", new { values = ToyModels.Series(24) }, patience.Token), stream = app.Post("stream/a", new { values = ToyModels.Series(2) }, patience.Token);
        await app.Until(() => app.Queue.Windows == 4);

        await patience.CancelAsync();
        await FluentActions.Awaiting(() => Task.WhenAll(given, stream)).Should().ThrowAsync<OperationCanceledException>();
        await app.Until(() => requests.Count == 2); // the server has seen it
        Task<JsonElement> kept = app.Answer("score", new { values = ToyModels.Series(12) });
        await app.StartWorker();
        await kept;
        await app.Until(() => abandoned.Count == 2);

        windows.Values.Should().Equal(1);
        app.Queue.Windows.Should().Be(0);
    }

    [Fact]
    public async Task A_stop_under_load_answers_what_was_accepted()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, options => (options.Stride, options.MaxBatchWindows) = (1, 8));
        Task<JsonElement>[] accepted = Enumerable.Range(0, 12).Select(i => app.Answer("score", new { values = ToyModels.Series(200, i) })).ToArray();
        await app.Until(() => app.Queue.Windows == 12 * 189 || accepted.Any(answer => answer.IsCompleted));

        await app.Stop();

        foreach (JsonElement answer in await Task.WhenAll(accepted))
            answer.GetProperty("series")[0].GetProperty("windows").GetArrayLength().Should().Be(189);
        await FluentActions.Awaiting(() => app.Health()).Should().ThrowAsync<HttpRequestException>();
    }

    [Fact]
    public async Task A_request_that_cannot_be_scored_fails_alone()
    {
        await using ServedApp app = await ServedApp.Start(models.Windows, worker: false);
        ServedModel model = app.Services.GetRequiredService<ModelSource>().Current!;
        var good = new ScoringJob(model, [("a", ToyModels.Series(24))], CancellationToken.None);
        // Past the door, where it would have been refused.
        var bad = new ScoringJob(model, [("a", [.. ToyModels.Series(11), float.PositiveInfinity])], CancellationToken.None);
        app.Queue.TryAdd(good).Should().BeTrue();
        app.Queue.TryAdd(bad).Should().BeTrue();

        await app.StartWorker();

        (await good.Wait(CancellationToken.None))[0].Should().HaveCount(2);
        await FluentActions.Awaiting(() => bad.Wait(CancellationToken.None)).Should().ThrowAsync<InvalidOperationException>();
        app.Queue.Windows.Should().Be(0);
    }

    /// <summary>What an instrument of the application recorded.</summary>
    private sealed class Recorded
    {
        private readonly List<double> _values = [];
        private readonly Action<int>? _then;

        /// <param name="app">The application.</param>
        /// <param name="instrument">The instrument's name.</param>
        /// <param name="then">Called with the count of values after each, by the thread that recorded it.</param>
        public Recorded(ServedApp app, string instrument, Action<int>? then = null)
        {
            _then = then;
            object? scope = app.Services.GetService(typeof(IMeterFactory));
            var listener = new MeterListener
            {
                InstrumentPublished = (published, listening) =>
                {
                    if (published.Name == instrument && published.Meter.Scope == scope)
                        listening.EnableMeasurementEvents(published);
                },
            };
            listener.SetMeasurementEventCallback<int>((_, value, _, _) => Add(value));
            listener.SetMeasurementEventCallback<long>((_, value, _, _) => Add(value));
            listener.SetMeasurementEventCallback<double>((_, value, _, _) => Add(value));
            listener.Start();
        }

        public double[] Values
        {
            get
            {
                lock (_values)
                    return _values.ToArray();
            }
        }

        public int Count => Values.Length;

        private void Add(double value)
        {
            lock (_values)
                _values.Add(value);
            _then?.Invoke(Count);
        }
    }
}
