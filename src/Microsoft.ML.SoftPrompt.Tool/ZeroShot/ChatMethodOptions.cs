using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Microsoft.ML.SoftPrompt.Tool.Commands;

namespace Microsoft.ML.SoftPrompt.Tool.ZeroShot;

/// <summary>The options of a command that name a chat endpoint and say how it is asked.</summary>
internal sealed class ChatMethodOptions
{
    private const string DefaultKeyVariable = "OPENAI_API_KEY";

    private const int DefaultTimeout = 60;

    private readonly Option<Uri?> _endpoint = new("--zero-shot-endpoint")
    {
        Description = "Base address of a chat endpoint that speaks the OpenAI protocol; a language model there is asked, too.",
        HelpName = "url",
        CustomParser = ParseEndpoint,
    };

    private readonly Option<string?> _model = new("--zero-shot-model") { Description = "The model's name at the endpoint.", HelpName = "name" };

    private readonly Option<string> _keyVariable = new("--zero-shot-key-variable")
    {
        Description = "The environment variable that holds the endpoint's key; without such a variable no key is sent.",
        HelpName = "name",
        DefaultValueFactory = _ => DefaultKeyVariable,
    };

    private readonly Option<string?> _answers = new("--zero-shot-answers")
    {
        Description = "Keep the answers in this file, and ask for none that is in it.",
        HelpName = "file.jsonl",
    };

    private readonly Option<bool> _ownTemperature = new("--zero-shot-own-temperature") { Description = "Leave the temperature, which else is 0, to the model: some accept no other than their own." };

    private readonly Option<int> _maxTokens = CommonOptions.Whole("--zero-shot-max-tokens", Defaults.MaxOutputTokens, "The most tokens of an answer, the model's thoughts included.");

    private readonly Option<int> _concurrency = CommonOptions.Whole("--zero-shot-concurrency", Defaults.Concurrency, "Requests under way at a time.", largest: 256);

    private readonly Option<int> _timeout = CommonOptions.Whole("--zero-shot-timeout", DefaultTimeout, "Seconds that an answer may take.", largest: 3600);

    private readonly Option<int> _retries = CommonOptions.Whole("--zero-shot-retries", Defaults.Retries, "How often a request is tried again when the endpoint is busy or silent.", smallest: 0, largest: 100);

    private readonly Option<double?> _failedShare = CommonOptions.Share("--zero-shot-failed-share", "share",
        string.Create(CultureInfo.InvariantCulture, $"The share of the series that may be left without an answer, or {ChatSettings.FewFailed} where that is more; 0 lets none. With more the run fails. [default: {Defaults.FailedShare}]"));

    private readonly Option<TokenPrices?> _prices = new("--zero-shot-prices")
    {
        Description = "What a million tokens cost, in and out, to tell costs in money, too.",
        HelpName = "in/out",
        CustomParser = ParsePrices,
    };

    public ChatMethodOptions(Command command)
    {
        Option[] others = [_keyVariable, _answers, _ownTemperature, _maxTokens, _concurrency, _timeout, _retries, _failedShare, _prices];
        foreach (Option option in (Option[])[_endpoint, _model, .. others])
            command.Add(option);
        command.Validators.Add(result =>
        {
            bool Given(Option option) => result.GetResult(option) is { Implicit: false };
            if (Given(_endpoint) != Given(_model))
                result.AddError("--zero-shot-endpoint and --zero-shot-model belong together; give both.");
            if (!Given(_endpoint) && others.FirstOrDefault(Given) is { } idle)
                result.AddError($"{idle.Name} is for --zero-shot-endpoint; give both.");
        });
    }

    private static ChatSettings Defaults { get; } = new() { Model = "" };

    /// <summary>Makes the method that the options ask for.</summary>
    /// <param name="progress">Who is told of each answer, from any thread.</param>
    /// <returns>The method, to be disposed of; null where no endpoint is given.</returns>
    /// <exception cref="ToolException">The file of answers cannot be used, or a key would be sent in the open.</exception>
    public ChatMethod? Create(ParseResult parsed, IProgress<ChatProgress>? progress = null)
    {
        if (parsed.GetValue(_endpoint) is not { } endpoint)
            return null;
        ChatSettings settings = new()
        {
            Model = parsed.GetValue(_model)!,
            Temperature = parsed.GetValue(_ownTemperature) ? null : Defaults.Temperature,
            MaxOutputTokens = parsed.GetValue(_maxTokens),
            Concurrency = parsed.GetValue(_concurrency),
            Retries = parsed.GetValue(_retries),
            FailedShare = parsed.GetValue(_failedShare) ?? Defaults.FailedShare,
        };
        string? key = Environment.GetEnvironmentVariable(parsed.GetValue(_keyVariable)!);
        var client = new OpenAIChatClient(endpoint, settings.Model, string.IsNullOrWhiteSpace(key) ? null : key.Trim(), TimeSpan.FromSeconds(parsed.GetValue(_timeout)));
        try
        {
            return new ChatMethod(client, settings, new AnswerCache(parsed.GetValue(_answers))) { Progress = progress };
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>What tokens cost; null where it was not given.</summary>
    public TokenPrices? Prices(ParseResult parsed) => parsed.GetValue(_prices);

    private static Uri? ParseEndpoint(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? endpoint) && (endpoint.Scheme == Uri.UriSchemeHttps || endpoint.Scheme == Uri.UriSchemeHttp)
            && endpoint.UserInfo.Length == 0 && endpoint.Query.Length == 0 && endpoint.Fragment.Length == 0)
            return endpoint;
        // Not quoted: what stands before an @, or in a query, may be a key.
        result.AddError("--zero-shot-endpoint must be an address that begins with https:// or http://, without a name, a key or a query in it, such as https://api.openai.com/v1.");
        return null;
    }

    private static TokenPrices? ParsePrices(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text.Split('/') is [var input, var output] && Price(input) is { } of && Price(output) is { } and)
            return new TokenPrices(of, and);
        result.AddError($"--zero-shot-prices is '{text}'; two numbers of at least 0 were expected, such as 2.5/10.");
        return null;
    }

    private static double? Price(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double price) && price >= 0 && double.IsFinite(price) ? price : null;
}
