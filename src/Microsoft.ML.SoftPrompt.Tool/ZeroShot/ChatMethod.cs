using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.ML.SoftPrompt.Baselines;
using Polly;
using Polly.Retry;

namespace Microsoft.ML.SoftPrompt.Tool.ZeroShot;

/// <summary>
/// A chat model asked, without any training, for the probability that a series is anomalous; that is the score. It answers for a series as a whole.
/// </summary>
/// <remarks>
/// A series without an answer (the endpoint failed, the model refused, or what it said gives no probability) scores <see cref="NeutralScore"/> and is
/// counted in <see cref="Tally"/>; a run in which more have none than <see cref="ChatSettings.FailedShare"/> allows fails as soon as that is certain.
/// One call at a time: its requests run side by side.
/// </remarks>
internal sealed class ChatMethod : IAnomalyMethod, IAnomalyScorer, IDisposable
{
    /// <summary>The score of a series without an answer: neither normal nor anomalous.</summary>
    public const double NeutralScore = 0.5;

    private readonly IChatClient _client;
    private readonly ChatSettings _settings;
    private readonly AnswerCache _cache;

    /// <param name="client">The endpoint; disposed of with this, as the cache is.</param>
    /// <param name="settings">How it is asked.</param>
    /// <param name="cache">Answers that are there already, and where new ones go.</param>
    public ChatMethod(IChatClient client, ChatSettings settings, AnswerCache cache) => (_client, _settings, _cache) = (client, settings, cache);

    public string Name => $"Zero-shot {_settings.Model}";

    /// <summary>
    /// Gets what tells results apart: the endpoint's host and port, the model's full name, and the temperature, "own" for the model's; for example
    /// "api.openai.com:443 gpt-4o-mini temperature 0".
    /// </summary>
    public string Identity
    {
        get
        {
            string endpoint = _client.GetService<ChatClientMetadata>()?.ProviderUri is { } address ? $"{address.Host}:{address.Port} " : "";
            return $"{endpoint}{_settings.Model} temperature {_settings.Temperature?.ToString(CultureInfo.InvariantCulture) ?? "own"}";
        }
    }

    /// <summary>Gets what all calls so far brought and cost.</summary>
    public ChatTally Tally { get; private set; } = ChatTally.None;

    /// <summary>Gets who is told of each outcome, from any thread.</summary>
    public IProgress<ChatProgress>? Progress { get; init; }

    /// <inheritdoc/>
    /// <remarks>There is nothing to fit; the series are only checked.</remarks>
    public IAnomalyScorer Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation, int seed, CancellationToken cancellation = default)
    {
        Check(training);
        Check(validation);
        return this;
    }

    /// <inheritdoc/>
    /// <exception cref="ToolException">The endpoint cannot be used, or too many series have no answer; what was answered is kept in the cache.</exception>
    /// <exception cref="NotSupportedException">A series has labels of its values.</exception>
    public IReadOnlyList<double> Score(IReadOnlyList<LabeledSeries> series, CancellationToken cancellation = default) =>
        [.. Ask(series, cancellation).Select(outcome => outcome.Probability ?? NeutralScore)];

    /// <summary>Asks about series; their outcomes say which have no answer and why.</summary>
    /// <exception cref="ToolException">As for <see cref="Score"/>.</exception>
    public IReadOnlyList<ChatOutcome> Ask(IReadOnlyList<LabeledSeries> series, CancellationToken cancellation = default)
    {
        Check(series);
        string[] prompts = [.. series.Select(one => ChatPrompt.Of(one.Values.Span))];
        var run = new Run(this, prompts, series.Count(one => one.Values.Length > ChatPrompt.MostValues));
        try
        {
            run.Ask(cancellation).GetAwaiter().GetResult();
        }
        finally
        {
            // What was paid for counts, however the run ends.
            Tally += run.Tally();
        }
        return [.. prompts.Select(prompt => run.Outcomes[prompt])];
    }

    public void Dispose()
    {
        _client.Dispose();
        _cache.Dispose();
    }

    private static void Check(IReadOnlyList<LabeledSeries> series)
    {
        for (int i = 0; i < series.Count; i++)
        {
            if (series[i].Values.IsEmpty)
                throw new ArgumentException($"Series {i} (from 0) has no values; expected at least one.", nameof(series));
            if (series[i].Labels.Length != 1)
                throw new NotSupportedException($"Series {i} (from 0) has {series[i].Labels.Length} labels; a zero-shot language model answers for a series as a whole, so one was expected.");
        }
    }

    /// <summary>The questions of one call.</summary>
    private sealed class Run
    {
        private readonly ChatMethod _method;
        private readonly ILookup<string, string> _questions;
        private readonly int _series, _shortened, _mostFailed;
        private readonly ResiliencePipeline _retrying;
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private int _asked, _retries, _failed;

        /// <param name="prompts">One a series.</param>
        public Run(ChatMethod method, string[] prompts, int shortened)
        {
            (_method, _series, _shortened) = (method, prompts.Length, shortened);
            _questions = prompts.ToLookup(prompt => prompt, StringComparer.Ordinal);
            // A share such as 0.29 of 100 comes out a hair below 29.
            _mostFailed = Settings.FailedShare == 0 ? 0 : Math.Max(ChatSettings.FewFailed, (int)(Settings.FailedShare * _series + 1e-9));
            _retrying = Settings.Retries == 0 ? ResiliencePipeline.Empty : new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<ChatException>(fault => fault.Fault is ChatFault.Passing or ChatFault.Unreachable && !(fault.RetryAfter > Settings.LongestWait)),
                MaxRetryAttempts = Settings.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = Settings.FirstWait,
                MaxDelay = Settings.LongestWait,
                DelayGenerator = attempt => new((attempt.Outcome.Exception as ChatException)?.RetryAfter is { } wait ? (wait > TimeSpan.Zero ? wait : TimeSpan.Zero) : null),
                OnRetry = _ =>
                {
                    Interlocked.Increment(ref _retries);
                    return default;
                },
            }).Build();
        }

        /// <summary>By prompt.</summary>
        public Dictionary<string, ChatOutcome> Outcomes { get; } = new(StringComparer.Ordinal);

        private ChatSettings Settings => _method._settings;

        public async Task Ask(CancellationToken cancellation)
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = Settings.Concurrency, CancellationToken = cancellation };
            await Parallel.ForEachAsync(_questions, parallel, async (question, cancelled) =>
            {
                ChatOutcome outcome = await Ask(question.Key, cancelled).ConfigureAwait(false);
                lock (Outcomes)
                    Take(question, outcome);
            }).ConfigureAwait(false);
        }

        public ChatTally Tally()
        {
            lock (Outcomes)
            {
                int Count(Func<ChatOutcome, bool> which) => Outcomes.Where(entry => which(entry.Value)).Sum(entry => _questions[entry.Key].Count());
                ChatOutcome[] cached = [.. Outcomes.Values.Where(outcome => outcome.FromCache)], paid = [.. Outcomes.Values.Where(outcome => !outcome.FromCache)];
                return new ChatTally
                {
                    Series = Count(_ => true),
                    Shortened = _shortened,
                    Refused = Count(outcome => outcome.Answer is { Refused: true }),
                    Unreadable = Count(outcome => outcome.Answer is { Refused: false, Probability: null }),
                    Unanswered = Count(outcome => outcome.Answer is null),
                    Asked = _asked,
                    FromCache = cached.Length,
                    Retries = _retries,
                    InputTokens = Outcomes.Values.Sum(outcome => outcome.Answer?.InputTokens ?? 0),
                    OutputTokens = Outcomes.Values.Sum(outcome => outcome.Answer?.OutputTokens ?? 0),
                    PaidInputTokens = paid.Sum(outcome => outcome.Answer?.InputTokens ?? 0),
                    PaidOutputTokens = paid.Sum(outcome => outcome.Answer?.OutputTokens ?? 0),
                };
            }
        }

        private void Take(IGrouping<string, string> question, ChatOutcome outcome)
        {
            Outcomes.Add(question.Key, outcome);
            if (outcome.Failure is { } failure)
            {
                _failed += question.Count();
                if (_failed > _mostFailed)
                {
                    throw new ToolException(
                        $"{_method.Name}: {_failed} of {_series} series have no answer, and {_mostFailed} may be without. The last: {failure} "
                        + "What was answered is kept where a file of answers was given; --zero-shot-failed-share allows more.");
                }
            }
            double rate = Outcomes.Count / Math.Max(_clock.Elapsed.TotalSeconds, 1e-3);
            _method.Progress?.Report(new ChatProgress(Outcomes.Count, _questions.Count, rate, TimeSpan.FromSeconds((_questions.Count - Outcomes.Count) / rate)));
        }

        private async Task<ChatOutcome> Ask(string prompt, CancellationToken cancellation)
        {
            string key = AnswerCache.KeyOf(Settings.Model, Settings.Temperature?.ToString(CultureInfo.InvariantCulture) ?? "", ChatPrompt.Instructions, prompt);
            if (_method._cache.Find(key) is { } kept)
                return new ChatOutcome(kept, FromCache: true);
            Interlocked.Increment(ref _asked);
            try
            {
                ChatResponse response = await _retrying.ExecuteAsync(async cancelled => await _method._client.GetResponseAsync(
                    [new ChatMessage(ChatRole.System, ChatPrompt.Instructions), new ChatMessage(ChatRole.User, prompt)],
                    new ChatOptions { Temperature = Settings.Temperature, MaxOutputTokens = Settings.MaxOutputTokens },
                    cancelled).ConfigureAwait(false), cancellation).ConfigureAwait(false);
                string? refusal = response.Messages.SelectMany(message => message.Contents).OfType<ErrorContent>().FirstOrDefault()?.Message;
                var answer = new ChatAnswer(
                    refusal ?? response.Text,
                    Refused: refusal is not null || response.FinishReason == ChatFinishReason.ContentFilter,
                    response.Usage?.InputTokenCount ?? 0,
                    response.Usage?.OutputTokenCount ?? 0);
                // With a higher limit the model may come to its answer: what was cut off before it is not for the next run.
                _method._cache.Add(key, answer, inFile: answer.Probability is not null || response.FinishReason != ChatFinishReason.Length);
                return new ChatOutcome(answer);
            }
            catch (ChatException fault) when (fault.Fault is ChatFault.Passing or ChatFault.Request)
            {
                return new ChatOutcome(null, Fault: fault.Message);
            }
            catch (ChatException fault)
            {
                throw new ToolException($"{_method.Name}: {fault.Message} Check the address, the model's name, and the key in its environment variable.", fault);
            }
        }
    }
}
