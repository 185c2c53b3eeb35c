using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Microsoft.ML.SoftPrompt.Tool.ZeroShot;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt benchmark nab|nasa|mimic`: a folder of published data in, a line of results for each cell out.</summary>
internal sealed class BenchmarkRunCommand
{
    private static readonly string[] Benchmarks = ["nab", "nasa", "mimic"];
    // What has an option of its own, or is not the user's to choose.
    private static readonly string[] NotSet = ["PromptLength", "Seed", "Backbone", "BackbonePath", "LabelColumnName", "FeatureColumnName", "MaxEpochs", "Quantizer.BinCount", "Quantizer.InputColumnName", "Quantizer.OutputColumnName"];
    private static readonly BenchmarkRequest Defaults = new();

    private readonly string _name;
    private readonly ToolConsole _console;
    private readonly CancellationToken _cancellation;
    private readonly Option<string?> _data = new("--data") { Description = $"Folder of the published data sets; the environment variable {DataFolder.Variable} when not given.", HelpName = "folder" };
    private readonly Option<string?> _results;
    private readonly Option<bool> _quick = new("--quick") { Description = "Fewer series, epochs and seeds: a look, in minutes. Its cells are never mixed with others." };
    private readonly Option<IReadOnlyList<string>?> _tasks = Names("--tasks", "Only these tasks, with commas between.");
    private readonly Option<IReadOnlyList<string>?> _methods = Names("--methods", "Only these methods, with commas between.");
    private readonly Option<IReadOnlyList<int>?> _seeds = Numbers("--seeds", "Seeds, such as 1-5 or 1,3. [default: 1-5]", 0);
    private readonly Option<IReadOnlyList<int>?> _promptLengths = Numbers("--prompt-lengths", "Lengths of the prompt, besides 20, to try on the first task. [default: 10,20,30]", 1);
    private readonly Option<IReadOnlyList<int>?> _bins = Numbers("--bins", "Numbers of bins, besides 100, to try on the first task. [default: 50,100,200,500]", 2);
    private readonly Option<int?> _epochs = CommonOptions.WholeOrNone("--epochs", "Passes of SPEAR and the LSTM over the training series. [default: 10]");
    private readonly Option<string?> _backbone = new("--backbone") { Description = "Another language model in MiniLM's place: a folder in Hugging Face's form, or a GGUF file.", HelpName = "path" };
    private readonly Option<string?> _decoder = new("--decoder") { Description = "A decoder to try beside MiniLM: a folder in Hugging Face's form, or a GGUF file.", HelpName = "path" };
    private readonly Option<string[]> _set = new("--set") { Description = "Another option of SPEAR's trainer, or with Quantizer. in front of the quantizer, by its name in the API.", HelpName = "name=value", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _noTransfer = new("--no-transfer") { Description = "Do not try the trained prompt on the other data sets." };
    private readonly Option<Data.SeriesSplit?> _split = CommonOptions.Split("Percent for training, validation and test, by time or patients; the protocol's own when not given.");
    private readonly Option<PartLimits?> _limit = Parsed("--limit", "train/validation/test", "How many series of each part are drawn at most, or all; the protocol's own when not given.", PartLimits.Parse);
    private readonly Option<Shard?> _shard = Parsed("--shard", "i/n", "Do every n-th training, beside other processes that do the others.", Shard.Parse);
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly ChatMethodOptions _chat;

    private BenchmarkRunCommand(string name, Command command, ToolConsole console, CancellationToken cancellation)
    {
        (_name, _console, _cancellation) = (name, console, cancellation);
        _results = new Option<string?>("--results") { Description = $"Where each finished cell is appended as a line of JSON; what stands there is not done again. [default: benchmark-{name}.jsonl]", HelpName = "file.jsonl" };
        foreach (Option option in new Option[] { _data, _results, _quick, _tasks, _methods, _seeds, _promptLengths, _bins, _epochs, _backbone, _decoder, _set, _noTransfer, _split, _limit, _shard, _threads })
            command.Add(option);
        _chat = new ChatMethodOptions(command);
        command.SetAction(Run);
    }

    public static Command Create(string name, string description, ToolConsole console, CancellationToken cancellation)
    {
        var command = new ExampleCommand(name, description, $"softprompt benchmark {name} --data ../shared/data --quick");
        _ = new BenchmarkRunCommand(name, command, console, cancellation);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string folder = DataFolder.Find(parsed.GetValue(_data)), results = parsed.GetValue(_results) ?? $"benchmark-{_name}.jsonl";
        BenchmarkRequest request = Request(parsed);
        MLContext ml = Context.CreateQuiet(parsed.GetValue(_threads));
        IReadOnlyList<IBenchmarkSet> sets = BenchmarkCommand.Open(ml, _name, folder, _console);
        using ChatMethod? chat = _chat.Create(parsed, new QuestionProgress(_console));
        IReadOnlyList<BenchmarkUnit> plan = BenchmarkPlan.Of(ml, request, sets, request.Transfer ? Others(ml, folder) : [], BaselineMethods.All(request.Quick, request.Epochs, request.Backbone, request.Decoder, chat));
        if (request.Quick)
            _console.Output.WriteLine("quick: few series, epochs and seeds (below), which say little about the methods");
        string command = $"softprompt {string.Join(' ', parsed.Tokens.Select(token => CommandLineText.Quote(token.Value)))}";
        Shard shard = parsed.GetValue(_shard) ?? Shard.Whole;
        var run = new BenchmarkRun(ml, _console, command, results, _cancellation);
        try
        {
            _console.Output.WriteLine(ResultsPage.WriteTasks(run.Run(plan, shard)));
        }
        finally
        {
            // What was asked is paid for, however the run ended.
            if (chat is not null)
                _console.Error.WriteLine(chat.Tally.Describe(_chat.Prices(parsed)));
        }
        if (run.FailedTrainings > 0)
            throw new ToolException($"{run.FailedTrainings} of {shard.Of(plan).Count()} trainings failed, see the warnings above. The same command tries them again; --methods and --tasks leave them out.");
        return Application.Done;
    }

    private BenchmarkRequest Request(ParseResult parsed)
    {
        var request = new BenchmarkRequest
        {
            Quick = parsed.GetValue(_quick),
            Tasks = parsed.GetValue(_tasks),
            Methods = parsed.GetValue(_methods),
            Seeds = parsed.GetValue(_seeds),
            PromptLengths = parsed.GetValue(_promptLengths) ?? Defaults.PromptLengths,
            Bins = parsed.GetValue(_bins) ?? Defaults.Bins,
            Epochs = parsed.GetValue(_epochs),
            Split = parsed.GetValue(_split),
            Limits = parsed.GetValue(_limit),
            Backbone = parsed.GetValue(_backbone),
            Decoder = parsed.GetValue(_decoder),
            Set = Assignments(parsed.GetValue(_set) ?? []),
            Transfer = !parsed.GetValue(_noTransfer),
        };
        // Before hours of work: do the options exist, are their values in range, and are the models readable?
        var ml = new MLContext();
        foreach ((int promptLength, int bins) in request.PromptLengths.Select(length => (length, BenchmarkPlan.DefaultBins)).Concat(request.Bins.Select(bins => (BenchmarkPlan.DefaultPromptLength, bins))))
        {
            var spear = new SpearSettings(SpearPrompt.Trained, promptLength, bins, request.Epochs ?? 1, null, false, request.Set);
            try
            {
                ml.Transforms.QuantizeSeries(spear.Quantizer(new QuantizingEstimator.Options { OutputColumnName = "Tokens", InputColumnName = "Series" }));
                ml.AnomalyDetection.Trainers.SoftPrompt(spear.Trainer(new SoftPromptAnomalyTrainer.Options()));
            }
            catch (ArgumentException fault)
            {
                throw new ToolException($"--prompt-lengths, --bins, --epochs or --set: {fault.Message}", fault);
            }
        }
        foreach (string path in new[] { request.Backbone, request.Decoder }.OfType<string>())
        {
            if (BackboneCommand.Inspect(path, Tensors.WeightPrecision.Full).Fault is { } fault)
                throw new ToolException(fault);
        }
        return request;
    }

    /// <summary>The other benchmarks' sets, as far as the folder has them.</summary>
    private IReadOnlyList<IBenchmarkSet> Others(MLContext ml, string folder)
    {
        var others = new List<IBenchmarkSet>();
        foreach (string other in Benchmarks.Where(name => name != _name))
        {
            try
            {
                // The first of a benchmark's sets is the one that the paper has.
                others.Add(BenchmarkCommand.Open(ml, other, folder, _console)[0]);
            }
            catch (ToolException fault)
            {
                _console.Warn($"the trained prompt is not tried on {other}: {fault.Message}");
            }
        }
        return others;
    }

    private static Dictionary<string, string> Assignments(string[] texts)
    {
        var assignments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            string[] sides = text.Split('=', 2);
            if (NotSet.Contains(sides[0]))
                throw new ToolException($"--set {text}: this is not set so; there are --prompt-lengths, --bins, --epochs, --seeds and --backbone.");
            if (sides.Length != 2 || !assignments.TryAdd(sides[0], sides[1]))
                throw new ToolException($"--set {text}: a name, = and a value were expected, each name once, for example --set BatchSize=8.");
        }
        return assignments;
    }

    /// <summary>Of questions that take their time: a line a minute.</summary>
    private sealed class QuestionProgress(ToolConsole console) : IProgress<ChatProgress>
    {
        private static readonly TimeSpan LineInterval = TimeSpan.FromMinutes(1);

        private long _said = Stopwatch.GetTimestamp();

        public void Report(ChatProgress value)
        {
            if (Stopwatch.GetElapsedTime(_said) < LineInterval)
                return;
            _said = Stopwatch.GetTimestamp();
            console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"asked {value.Done} of {value.Total}, {value.PerSecond:0.0} a second, {Output.Numbers.Duration(value.EstimatedRemaining)} left"));
        }
    }

    private static Option<IReadOnlyList<string>?> Names(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "a,b",
        CustomParser = result =>
        {
            string[] names = result.Tokens[0].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (names.Length == 0)
                result.AddError($"{name} is '{result.Tokens[0].Value}'; at least one name was expected, with commas between.");
            return names;
        },
    };

    private static Option<IReadOnlyList<int>?> Numbers(string name, string description, int smallest) => Parsed<IReadOnlyList<int>>(name, "1-5", description, text =>
    {
        var numbers = new List<int>();
        foreach (string part in text.Split(','))
        {
            int[] ends = [.. part.Split('-').Select(end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1)];
            if (ends.Length > 2 || ends.Any(end => end < smallest) || ends[^1] < ends[0] || ends[^1] - ends[0] > 1000)
                throw new FormatException($"'{text}' is no list of whole numbers of at least {smallest}. Write, for example, 1-5 or 1,3.");
            numbers.AddRange(Enumerable.Range(ends[0], ends[^1] - ends[0] + 1));
        }
        return [.. numbers.Distinct()];
    });

    private static Option<T?> Parsed<T>(string name, string helpName, string description, Func<string, T> parse)
        where T : class => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                try
                {
                    return parse(result.Tokens[0].Value);
                }
                catch (FormatException fault)
                {
                    result.AddError($"{name}: {fault.Message}");
                    return null;
                }
            },
        };
}
