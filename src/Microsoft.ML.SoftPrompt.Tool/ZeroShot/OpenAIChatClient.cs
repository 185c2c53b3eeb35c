using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace Microsoft.ML.SoftPrompt.Tool.ZeroShot;

/// <summary>
/// A chat endpoint that speaks the OpenAI protocol: OpenAI's own, or a server of one's own such as llama.cpp, vLLM or Ollama. One request an
/// answer, without retries.
/// </summary>
/// <remarks>
/// Nothing that an endpoint sends is trusted: an answer has a largest size and a time limit for all of it, redirects are not followed, a key that it
/// sends back is struck out, and what is quoted in a message has no control characters.
/// </remarks>
internal sealed class OpenAIChatClient : IChatClient
{
    /// <summary>An answer is a line of JSON; reasoning and the protocol around it take far less than this.</summary>
    public const int LargestAnswer = 1 << 18;

    private const int LongestQuote = 200;

    private static readonly JsonSerializerOptions s_json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly ChatClientMetadata _metadata;
    private readonly string? _key;
    private readonly TimeSpan _timeout;

    /// <param name="endpoint">The base address, e.g. https://api.openai.com/v1, to which /chat/completions is added.</param>
    /// <param name="model">The model's name at the endpoint.</param>
    /// <param name="key">The key; null where the endpoint wants none.</param>
    /// <param name="timeout">For an answer as a whole.</param>
    /// <exception cref="ToolException">The key would cross a network in the open.</exception>
    public OpenAIChatClient(Uri endpoint, string model, string? key, TimeSpan timeout)
    {
        if (key is not null && endpoint.Scheme == Uri.UriSchemeHttp && !endpoint.IsLoopback)
            throw new ToolException($"'{endpoint}' is not encrypted, and a key would be sent to it in the open. Use https, or unset the key's environment variable where the endpoint wants none.");
        (_address, _key, _timeout) = (new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/chat/completions"), key, timeout);
        _metadata = new ChatClientMetadata(providerUri: endpoint, defaultModelId: model);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !endpoint.IsLoopback })
        {
            Timeout = timeout,
            MaxResponseContentBufferSize = LargestAnswer,
        };
        if (key is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <inheritdoc/>
    /// <returns>The answer; a refusal is an <see cref="ErrorContent"/> of it.</returns>
    /// <exception cref="ChatException">There is no answer.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var request = new ChatRequest(
            options?.ModelId ?? _metadata.DefaultModelId!,
            [.. messages.Select(message => new ChatRequestMessage(message.Role.Value, message.Text))],
            options?.Temperature,
            options?.MaxOutputTokens);
        try
        {
            // Of a known length, since some servers take no request in chunks.
            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, s_json)) { Headers = { ContentType = new("application/json") } };
            // The answer's body is in memory when this returns: the limits of time and size hold for all of it.
            using HttpResponseMessage response = await _http.PostAsync(_address, content, cancellationToken).ConfigureAwait(false);
            string body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? Read(body) : throw Failed(response, body);
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ChatException($"'{_address}' did not answer within {_timeout.TotalSeconds:0.#} s.", ChatFault.Passing, inner: fault);
        }
        catch (HttpRequestException fault) when (fault.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new ChatException($"'{_address}' answered with more than {LargestAnswer} bytes.", ChatFault.Request, inner: fault);
        }
        catch (HttpRequestException fault) when (fault.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            throw new ChatException($"'{_address}' cannot be reached: {Quote(fault.Message)}", ChatFault.Endpoint, inner: fault);
        }
        catch (HttpRequestException fault) when (fault.HttpRequestError == HttpRequestError.ConnectionError)
        {
            throw new ChatException($"'{_address}' cannot be reached: {Quote(fault.Message)}", ChatFault.Unreachable, inner: fault);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or InvalidOperationException)
        {
            // An unknown character set is an InvalidOperationException, everything else here the network's.
            throw new ChatException($"'{_address}' broke off: {Quote(fault.Message)}", ChatFault.Passing, inner: fault);
        }
    }

    /// <summary>The answer in one piece: nothing here is worth streaming.</summary>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatResponse response = await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        foreach (ChatResponseUpdate update in response.ToChatResponseUpdates())
            yield return update;
    }

    /// <inheritdoc/>
    /// <returns>This, or the <see cref="ChatClientMetadata"/> with the endpoint and the model; null for anything else.</returns>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? _metadata : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose() => _http.Dispose();

    private ChatResponse Read(string body)
    {
        ChatCompletion? completion;
        try
        {
            completion = JsonSerializer.Deserialize<ChatCompletion>(body, s_json);
        }
        catch (JsonException fault)
        {
            throw Malformed(body, fault);
        }
        if (completion?.Choices is not [{ Message: { } message } choice, ..])
            throw Malformed(body);
        AIContent content = message.Refusal is { } refusal ? new ErrorContent(WithoutKey(refusal)) : new TextContent(WithoutKey(message.Content ?? ""));
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, [content]))
        {
            ResponseId = completion.Id,
            ModelId = completion.Model,
            FinishReason = choice.FinishReason is { Length: > 0 } reason ? new ChatFinishReason(reason) : null,
            Usage = completion.Usage is { } usage ? new UsageDetails { InputTokenCount = usage.PromptTokens, OutputTokenCount = usage.CompletionTokens } : null,
        };
    }

    private ChatException Malformed(string body, Exception? fault = null) => new(
        $"'{_address}' answered with something else than a chat completion ({Quote(body)}); expected JSON with choices[0].message.", ChatFault.Request, inner: fault);

    private ChatException Failed(HttpResponseMessage response, string body)
    {
        HttpStatusCode status = response.StatusCode;
        ChatFault kind = status switch
        {
            HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => ChatFault.Passing,
            HttpStatusCode.Unauthorized or HttpStatusCode.PaymentRequired or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed
                or (>= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest) => ChatFault.Endpoint,
            _ => ChatFault.Request,
        };
        RetryConditionHeaderValue? after = response.Headers.RetryAfter;
        return new ChatException($"'{_address}' answered {(int)status} ({Quote(body)}).", kind, after?.Delta ?? (after?.Date - DateTimeOffset.UtcNow));
    }

    /// <summary>What an endpoint sent, fit to be kept.</summary>
    private string WithoutKey(string text) => _key is null ? text : text.Replace(_key, "***", StringComparison.Ordinal);

    /// <summary>The beginning of what an endpoint sent, fit to be printed.</summary>
    private string Quote(string text)
    {
        text = WithoutKey(text);
        string begin = string.Concat(text.Take(LongestQuote).Select(symbol => char.IsControl(symbol) || char.IsSurrogate(symbol) ? ' ' : symbol)).Trim();
        return begin.Length == 0 ? "nothing" : text.Length > LongestQuote ? begin + " …" : begin;
    }
}
